// Draws the figures of a table that stands on the page: <figure data-chart="bar|line|pie"><table>…. The first column
// names the points, each further one is a series; data-value on a cell gives the number when the text is formatted.
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

interface Series { name: string; values: (number | null)[] }
interface Figures { points: string[]; series: Series[] }

export function enhanceCharts(scope: ParentNode): void {
  for (const figure of scope.querySelectorAll<HTMLElement>('figure[data-chart]')) draw(figure);
}

function draw(figure: HTMLElement): void {
  const table = figure.querySelector('table');
  if (!table) return;
  const figures = read(table);
  const canvas = document.createElement('div');
  canvas.className = 'chart-canvas';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', figure.querySelector('figcaption, caption')?.textContent.trim() ?? '');
  figure.prepend(canvas);

  const chart = echarts.init(canvas);
  const show = () => chart.setOption(optionOf(figure.dataset.chart ?? 'bar', figures, figure.dataset.unit ?? ''), true);
  show();
  document.addEventListener('themechange', show);
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

function read(table: HTMLTableElement): Figures {
  const header = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  return {
    points: rows.map((row) => row.cells[0]?.textContent.trim() ?? ''),
    series: header.slice(1).map((name, column) => ({ name, values: rows.map((row) => numberIn(row.cells[column + 1])) })),
  };
}

function numberIn(cell: HTMLTableCellElement | undefined): number | null {
  const text = (cell?.dataset.value ?? cell?.textContent ?? '').replaceAll(/[^\d.-]/g, '');
  return text === '' ? null : Number(text);
}

function optionOf(kind: string, { points, series }: Figures, unit: string): echarts.EChartsCoreOption {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour('--is-chart-text'), fontFamily: getComputedStyle(document.body).fontFamily };
  const line = { lineStyle: { color: colour('--is-chart-line') } };
  const common = {
    color: [1, 2, 3, 4, 5].map((i) => colour(`--is-chart-${i}`)),
    textStyle: text,
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    // Stripes and dots beside the colours.
    aria: { enabled: true, label: { enabled: false }, decal: { show: series.length > 1 || kind === 'pie' } },
    // HTML tooltips carry style attributes, which the content security policy refuses.
    tooltip: { trigger: kind === 'pie' ? 'item' : 'axis', renderMode: 'richText', valueFormatter: (value: unknown) => `${Number(value).toLocaleString()}${unit}` },
    legend: { show: series.length > 1 || kind === 'pie', bottom: 0, textStyle: text },
  };
  if (kind === 'pie')
    return { ...common, series: [{ type: 'pie', radius: ['45%', '70%'], data: points.map((name, i) => ({ name, value: series[0]?.values[i] })), label: { color: text.color } }] };

  return {
    ...common,
    grid: { left: 8, right: 8, top: 16, bottom: series.length > 1 ? 36 : 8, containLabel: true },
    xAxis: { type: 'category', data: points, axisLabel: text, axisLine: line, axisTick: { show: false } },
    yAxis: { type: 'value', axisLabel: text, splitLine: line },
    series: series.map(({ name, values }) => ({ name, data: values, type: kind === 'line' ? 'line' : 'bar', barMaxWidth: 32, symbolSize: 6 })),
  };
}
