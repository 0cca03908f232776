// Owns words that two people compare: the short authentication string and fingerprints.
import './words.css';

export function Words({
  words,
  size = 'm',
  label,
}: {
  words: readonly string[];
  size?: 's' | 'm' | 'l';
  label: string;
}) {
  return (
    <ol className="words" data-size={size} aria-label={label}>
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what identifies a word, and words may repeat
        <li key={index} className="selectable">
          {word}
        </li>
      ))}
    </ol>
  );
}
