// Owns showing a text as a QR code, dark on light in every theme: scanners want it so.
import qrcode from 'qrcode-generator';

const QUIET_MODULES = 2;

export function QrCode({ text, label, sizePx = 132 }: { text: string; label: string; sizePx?: number }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const modules = code.getModuleCount();
  const rows = Array.from({ length: modules }, (_, y) =>
    Array.from({ length: modules }, (_unused, x) => (code.isDark(y, x) ? `M${x} ${y}h1v1h-1z` : '')).join(''),
  );
  const side = modules + 2 * QUIET_MODULES;
  return (
    <svg
      role="img"
      aria-label={label}
      width={sizePx}
      height={sizePx}
      viewBox={`${-QUIET_MODULES} ${-QUIET_MODULES} ${side} ${side}`}
      shapeRendering="crispEdges"
    >
      <rect x={-QUIET_MODULES} y={-QUIET_MODULES} width={side} height={side} fill="#fff" />
      <path d={rows.join('')} fill="#000" />
    </svg>
  );
}
