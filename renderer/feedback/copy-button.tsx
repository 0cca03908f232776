// Owns the button that copies a text and says so.
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useActions } from '../store/use-app.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAct } from './use-act.ts';

const SHOWN_MS = 1_600;

export interface CopyButtonProps {
  /** The text, or what makes it when it is wanted. */
  text: string | (() => string);
  label: string;
  size?: 's' | 'm';
}

export function CopyButton({ text, label, size = 's' }: CopyButtonProps) {
  const { t } = useTranslation();
  const actions = useActions();
  const act = useAct();
  const toast = useToast();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    if (!(await act(actions.copy(typeof text === 'string' ? text : text())))) return;
    setCopied(true);
    toast({ title: t('common.copied') });
  };
  return <IconButton size={size} label={label} icon={copied ? <Check /> : <Copy />} onClick={() => void copy()} />;
}
