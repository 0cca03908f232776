// Owns messages that appear for some seconds at the lower edge.
import { Toast as Base } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import './toast.css';

export function ToastArea({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  return (
    <Base.Provider limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="toasts">
          <ToastList closeLabel={closeLabel} />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList({ closeLabel }: { closeLabel: string }) {
  const { toasts } = Base.useToastManager();
  return toasts.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="toast" swipeDirection={['down', 'right']}>
      <Base.Content className="toast-content">
        <div className="toast-text">
          <Base.Title className="toast-title" />
          <Base.Description className="toast-detail" />
        </div>
        <Base.Close className="icon-button" data-size="s" aria-label={closeLabel}>
          <X />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}

export interface ToastMessage {
  title: string;
  detail?: string;
  tone?: 'plain' | 'danger';
}

/** Returns a function that shows a message. */
export function useToast(): (message: ToastMessage) => void {
  const { add } = Base.useToastManager();
  return ({ title, detail, tone = 'plain' }) => {
    add({
      title,
      type: tone,
      timeout: tone === 'danger' ? 8_000 : 2_500,
      priority: tone === 'danger' ? 'high' : 'low',
      ...(detail === undefined ? {} : { description: detail }),
    });
  };
}
