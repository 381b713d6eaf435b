// Runs in the report itself, as a plain script after uPlot and the legend's: draws the curves and keeps them as wide as the page.

(() => {
  const HEIGHT = 420;
  // Apart for colour-blind readers, dark enough on white; dashes tell the rounds of colours apart.
  const COLOURS = ["#0064a8", "#c2500a", "#00795b", "#8e3b8a", "#6b5900", "#4a4f57", "#b3123b", "#0b7285"];
  const DASHES = [undefined, [8, 4], [2, 3], [12, 3, 2, 3]];
  const AXIS = { stroke: "#57606a", grid: { stroke: "#e6e9ed", width: 1 }, ticks: { stroke: "#d5dae0", width: 1 } };

  const number = (value) => (value >= 1000 ? Math.round(value).toLocaleString("en") : String(+value.toPrecision(3)));
  const short = (value) => Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);

  const draw = ({ id, xName, x, unit, curves }) => {
    const box = document.getElementById(id);
    const isNamed = typeof x[0] === "string";
    const xs = isNamed ? x.map((_, i) => i) : x;
    const nameOf = (value) => (isNamed ? (x[value] ?? "") : value === null ? "" : number(value));
    const series = curves.map(({ name, show }, i) => ({
      label: name,
      show,
      stroke: COLOURS[i % COLOURS.length],
      dash: DASHES[Math.floor(i / COLOURS.length) % DASHES.length],
      width: 2,
      spanGaps: true,
      points: { show: true, size: 6 },
      value: (_, value) => (value === null ? "–" : `${number(value)} ${unit}`),
    }));
    const xScale = isNamed ? { time: false, range: () => [-0.3, x.length - 0.7] } : { time: false, distr: 3 };
    const chart = new uPlot(
      {
        width: box.clientWidth,
        height: HEIGHT,
        scales: { x: xScale, y: { distr: 3 } },
        legend: { markers: { width: 0, fill: (_, i) => COLOURS[(i - 1) % COLOURS.length] } },
        axes: [
          {
            ...AXIS,
            ...(isNamed && { splits: () => xs }),
            values: (_, ticks) =>
              ticks.map((tick) => (isNamed ? nameOf(tick) : Number.isInteger(Math.log10(tick)) ? short(tick) : "")),
          },
          { ...AXIS, size: 62, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : short(tick))) },
        ],
        series: [{ label: xName, value: (_, value) => nameOf(value) }, ...series],
        hooks: {
          // What the legend says until the pointer picks a place, and after it has left.
          ready: [(self) => self.setLegend({ idx: xs.length - 1 })],
          setCursor: [(self) => self.cursor.idx === null && self.setLegend({ idx: xs.length - 1 })],
        },
      },
      [xs, ...curves.map(({ values }) => values)],
      box,
    );
    makeAccessible(chart, box.dataset.label);
    new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  };

  for (const chart of JSON.parse(document.getElementById("charts").textContent)) draw(chart);
})();
