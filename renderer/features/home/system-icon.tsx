// Owns the picture of a computer's system.
import { Apple, Grid2X2, Monitor, Terminal } from 'lucide-react';
import { systemKind } from './system-kind.ts';

export function SystemIcon({ system }: { system: string }) {
  switch (systemKind(system)) {
    case 'windows':
      return <Grid2X2 aria-hidden="true" />;
    case 'macos':
      return <Apple aria-hidden="true" />;
    case 'linux':
      return <Terminal aria-hidden="true" />;
    case 'other':
      return <Monitor aria-hidden="true" />;
  }
}
