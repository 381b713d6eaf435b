// Runs in a page with curves, as a plain script behind uPlot.

// The curves are one picture to a screen reader; the names below are buttons, which show and hide them by keyboard too.
window.makeAccessible = (chart, label) => {
  const plot = chart.root.querySelector(".u-wrap");
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", label);
  const names = [...chart.root.querySelectorAll(".u-legend .u-label")].slice(1);
  const tell = () => {
    for (const [i, name] of names.entries()) name.setAttribute("aria-pressed", String(chart.series[i + 1].show));
  };
  for (const name of names) {
    name.setAttribute("role", "button");
    name.tabIndex = 0;
    name.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      name.click();
    });
  }
  chart.hooks.setSeries = [...(chart.hooks.setSeries ?? []), tell];
  tell();
};
