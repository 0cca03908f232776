// Owns small graphs of one value over the last minute.
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './graph.css';

export interface GraphProps {
  label: string;
  /** What the newest value is, with its unit. */
  current: string;
  /** One value a second, oldest first; null where there is none. */
  values: readonly (number | null)[];
  /** How many values fill the width. */
  span?: number;
  /** A quiet line is not blown up: the top of the scale is at least this. */
  minimumTop: number;
}

const HEIGHT_PX = 36;

export function Graph({ label, current, values, span = 60, minimumTop }: GraphProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const top = useRef(minimumTop);
  top.current = minimumTop;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const made = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        padding: [2, 0, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        axes: [{ show: false }, { show: false }],
        scales: {
          x: { time: false, range: () => [0, span - 1] },
          y: { range: (_plot, _min, max) => [0, Math.max(top.current, max * 1.1)] },
        },
        series: [
          {},
          {
            stroke: style.getPropertyValue('color'),
            fill: style.getPropertyValue('outline-color'),
            width: 1.5,
            points: { show: false },
          },
        ],
      },
      [[], []],
      element,
    );
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [span]);

  useEffect(() => {
    const shown = values.slice(-span);
    const x = shown.map((_, index) => span - shown.length + index);
    plot.current?.setData([x, [...shown]]);
  }, [values, span]);

  return (
    <figure className="graph">
      <figcaption>
        <span>{label}</span>
        <span className="number graph-current">{current}</span>
      </figcaption>
      <div className="graph-plot" ref={place} aria-hidden="true" />
    </figure>
  );
}
