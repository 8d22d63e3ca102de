/** A line of text in an SVG. @param anchor which end of it is at `x`: start, middle or end */
export function text(x: number, y: number, value: string, anchor: string, size?: number, color?: string): string {
  const style = `${size ? ` font-size="${size}"` : ''}${color ? ` fill="${color}"` : ''}`;
  return `<text x="${shown(x)}" y="${shown(y)}" text-anchor="${anchor}"${style}>${value}</text>`;
}

/** A coordinate, to a tenth. */
export function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}
