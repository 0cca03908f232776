// Owns which family a system belongs to, by whatever its computer calls it. Pure.

export type SystemKind = 'windows' | 'macos' | 'linux' | 'other';

export function systemKind(system: string): SystemKind {
  const text = system.toLowerCase();
  if (/darwin|mac/.test(text)) return 'macos';
  if (/win/.test(text)) return 'windows';
  if (/linux|ubuntu|debian|fedora|arch|bsd/.test(text)) return 'linux';
  return 'other';
}
