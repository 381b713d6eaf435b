// Runs in the report itself, as a plain script after uPlot and the legend's: draws the curves and keeps them as wide as the page.

(() => {
  const HEIGHT = 280;
  // Apart for colour-blind readers, dark enough on white; the dashes tell curves apart without colour.
  const STYLES = [
    { stroke: "#0064a8" },
    { stroke: "#c2500a", dash: [8, 4] },
    { stroke: "#00795b", dash: [2, 3] },
    { stroke: "#8e3b8a", dash: [10, 3, 2, 3] },
    { stroke: "#6b5900", dash: [4, 4] },
    { stroke: "#4a4f57" },
  ];
  const EPOCHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000];
  const AXIS = { stroke: "#57606a", grid: { stroke: "#e6e9ed", width: 1 }, ticks: { stroke: "#d5dae0", width: 1 } };

  const runs = JSON.parse(document.getElementById("runs").textContent);
  const epochs = runs[0].epochs.map((_, i) => i + 1);

  // What the legend says until the pointer picks an epoch, and after it has left.
  const lastEpoch = (chart) => chart.setLegend({ idx: epochs.length - 1 });

  const draw = (id, curves, scale, show) => {
    const box = document.getElementById(id);
    const series = runs.map((run, i) => ({
      ...STYLES[i % STYLES.length],
      label: run.label,
      width: 2,
      points: { show: epochs.length === 1 },
      value: (_, value) => (value === null ? "–" : show(value)),
    }));
    const chart = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false }, y: scale },
        legend: { markers: { width: 0, fill: (_, i) => STYLES[(i - 1) % STYLES.length].stroke } },
        axes: [
          { ...AXIS, size: 36, incrs: EPOCHS },
          { ...AXIS, size: 62, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : show(tick))) },
        ],
        series: [{ label: "Epoch" }, ...series],
        hooks: { ready: [lastEpoch], setCursor: [(chart) => chart.cursor.idx === null && lastEpoch(chart)] },
      },
      [epochs, ...curves],
      box,
    );
    makeAccessible(chart, box.dataset.label);
    new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  };

  // A logarithm has no place for zero, and a diverged loss is null already.
  const losses = runs.map((run) => run.epochs.map(({ loss }) => (loss > 0 ? loss : null)));
  const scale = losses.flat().some(Boolean) ? { distr: 3 } : {};
  draw("loss", losses, scale, (value) => String(Number(value.toPrecision(2))));
  const accuracies = runs.map((run) => run.epochs.map(({ accuracy }) => 100 * accuracy));
  draw("accuracy", accuracies, {}, (value) => `${Number(value.toFixed(1))} %`);
})();
