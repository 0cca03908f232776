// Owns how an act that failed is told: as a message in words.
import { useTranslation } from 'react-i18next';
import { TarnetError } from '../../shared/base/errors.ts';
import { errorText } from '../i18n/error-text.ts';
import { useToast } from '../ui/toast.tsx';

/** Returns a function that lets an act run and tells the user if it fails; it answers whether it went well. */
export function useAct(): (act: Promise<unknown>) => Promise<boolean> {
  const { t } = useTranslation();
  const toast = useToast();
  return async (act) => {
    try {
      await act;
      return true;
    } catch (error) {
      const { title, help } = errorText(t, TarnetError.from(error).reason);
      toast({ title, detail: help, tone: 'danger' });
      return false;
    }
  };
}
