// Owns the start of a page: draws the view that its address names.
import { createRoot } from 'react-dom/client';

const root = document.getElementById('root');
if (root) createRoot(root).render(<p>TARNet</p>);
