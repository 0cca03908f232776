import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../shared/model/input-event.ts';
import { type KeyboardPlatform, KeyboardTracker, type KeyPress } from './keyboard-tracker.ts';

const press = (code: string, key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  code,
  key,
  repeat: false,
  isComposing: false,
  keyCode: 0,
  ...more,
});
const down = (code: string) => ({ kind: 'key', code, down: true });
const up = (code: string) => ({ kind: 'key', code, down: false });

describe('KeyboardTracker', () => {
  it('sends physical keys, repeats included, and nothing else for them', () => {
    const keyboard = new KeyboardTracker('other');
    expect(keyboard.keyDown(press('KeyZ', 'y'))).toEqual({ events: [down('KeyZ')], handled: true });
    expect(keyboard.keyDown(press('KeyZ', 'y', { repeat: true }))).toEqual({ events: [down('KeyZ')], handled: true });
    expect(keyboard.keyUp(press('KeyZ', 'y'))).toEqual({ events: [up('KeyZ')], handled: true });
    expect(keyboard.keyUp(press('KeyZ', 'y'))).toEqual({ events: [], handled: false });
  });

  it('leaves dead keys, what they combine with, and input methods to the browser', () => {
    const keyboard = new KeyboardTracker('other');
    expect(keyboard.keyDown(press('ShiftLeft', 'Shift')).events).toEqual([down('ShiftLeft')]);
    expect(keyboard.keyDown(press('Quote', 'Dead'))).toEqual({ events: [], handled: false });
    expect(keyboard.keyUp(press('ShiftLeft', 'Shift')).events).toEqual([up('ShiftLeft')]);
    expect(keyboard.keyDown(press('KeyA', 'ã'))).toEqual({ events: [], handled: false });
    expect(keyboard.keyUp(press('KeyA', 'a'))).toEqual({ events: [], handled: false });
    expect(keyboard.keyDown(press('KeyB', 'b')).events).toEqual([down('KeyB')]);
    expect(keyboard.keyDown(press('KeyK', 'Process', { keyCode: 229 }))).toEqual({ events: [], handled: false });
    expect(keyboard.keyDown(press('KeyK', 'か', { isComposing: true }))).toEqual({ events: [], handled: false });
  });

  it('lets a dead key be given up with a key that makes no character', () => {
    const keyboard = new KeyboardTracker('other');
    keyboard.keyDown(press('Quote', 'Dead'));
    expect(keyboard.keyDown(press('Escape', 'Escape')).events).toEqual([down('Escape')]);
    expect(keyboard.keyDown(press('KeyA', 'a')).events).toEqual([down('KeyA')]);
  });

  it('sends characters of keys without a code as text', () => {
    const keyboard = new KeyboardTracker('other');
    expect(keyboard.keyDown(press('', '😀'))).toEqual({
      events: [{ kind: 'text', codePoint: 0x1f600 }],
      handled: true,
    });
    expect(keyboard.keyDown(press('Unidentified', 'é')).events).toEqual([{ kind: 'text', codePoint: 0xe9 }]);
    expect(keyboard.keyDown(press('', 'Unidentified')).events).toEqual([]);
    expect(keyboard.keyDown(press('LaunchScreenSaver', 'LaunchScreenSaver')).events).toEqual([]);
  });

  it('makes AltGr of what Windows says, and Control of Control', () => {
    const keyboard = new KeyboardTracker('windows');
    expect(keyboard.keyDown(press('ControlLeft', 'Control'))).toEqual({ events: [], handled: true });
    expect(keyboard.holdsControl).toBe(true);
    expect(keyboard.keyDown(press('AltRight', 'AltGraph')).events).toEqual([down('AltRight')]);
    expect(keyboard.keyDown(press('KeyQ', '@')).events).toEqual([down('KeyQ')]);
    expect(keyboard.keyUp(press('KeyQ', '@')).events).toEqual([up('KeyQ')]);
    expect(keyboard.keyUp(press('ControlLeft', 'Control')).events).toEqual([]);
    expect(keyboard.keyUp(press('AltRight', 'AltGraph')).events).toEqual([up('AltRight')]);

    keyboard.keyDown(press('ControlLeft', 'Control'));
    expect(keyboard.keyDown(press('KeyC', 'c')).events).toEqual([down('ControlLeft'), down('KeyC')]);
    keyboard.keyUp(press('KeyC', 'c'));
    expect(keyboard.keyUp(press('ControlLeft', 'Control')).events).toEqual([up('ControlLeft')]);

    keyboard.keyDown(press('ControlLeft', 'Control'));
    expect(keyboard.keyUp(press('ControlLeft', 'Control')).events).toEqual([down('ControlLeft'), up('ControlLeft')]);

    keyboard.keyDown(press('ControlLeft', 'Control'));
    expect(keyboard.flushHeld()).toEqual([down('ControlLeft')]);
    expect(keyboard.flushHeld()).toEqual([]);
  });

  it('releases what macOS keeps silent about, and taps Caps Lock', () => {
    const keyboard = new KeyboardTracker('mac');
    keyboard.keyDown(press('MetaLeft', 'Meta'));
    keyboard.keyDown(press('KeyC', 'c'));
    expect(keyboard.keyUp(press('MetaLeft', 'Meta')).events).toEqual([up('MetaLeft'), up('KeyC')]);
    const caps = [down('CapsLock'), up('CapsLock')];
    expect(keyboard.keyDown(press('CapsLock', 'CapsLock')).events).toEqual(caps);
    expect(keyboard.keyUp(press('CapsLock', 'CapsLock')).events).toEqual(caps);
  });

  it('taps Print Screen when only its release is told', () => {
    const keyboard = new KeyboardTracker('windows');
    expect(keyboard.keyUp(press('PrintScreen', 'PrintScreen')).events).toEqual([
      down('PrintScreen'),
      up('PrintScreen'),
    ]);
  });

  it('sends no repeat of a key that was let go by a release-all', () => {
    const keyboard = new KeyboardTracker('other');
    keyboard.keyDown(press('KeyA', 'a'));
    expect(keyboard.clear()).toBe(true);
    expect(keyboard.clear()).toBe(false);
    expect(keyboard.keyDown(press('KeyA', 'a', { repeat: true }))).toEqual({ events: [], handled: true });
    expect(keyboard.keyUp(press('KeyA', 'a')).events).toEqual([]);
  });

  it('leaves nothing down once every key was let go, whatever was pressed', () => {
    const keys: [string, string][] = [
      ['KeyA', 'a'],
      ['KeyA', 'ã'],
      ['Quote', 'Dead'],
      ['ControlLeft', 'Control'],
      ['AltRight', 'AltGraph'],
      ['AltRight', 'Alt'],
      ['MetaLeft', 'Meta'],
      ['CapsLock', 'CapsLock'],
      ['PrintScreen', 'PrintScreen'],
      ['', '😀'],
    ];
    const step = fc.record({ key: fc.constantFrom(...keys), isDown: fc.boolean(), repeat: fc.boolean() });
    fc.assert(
      fc.property(
        fc.constantFrom<KeyboardPlatform>('windows', 'mac', 'other'),
        fc.array(step, { maxLength: 60 }),
        (platform, steps) => {
          const keyboard = new KeyboardTracker(platform);
          const events: InputEvent[] = [];
          for (const { key, isDown, repeat } of steps)
            events.push(
              ...(isDown ? keyboard.keyDown(press(...key, { repeat })) : keyboard.keyUp(press(...key))).events,
            );
          events.push(...keyboard.flushHeld());
          for (const [code, key] of keys) events.push(...keyboard.keyUp(press(code, key)).events);
          const held = new Set<string>();
          for (const event of events) {
            if (event.kind !== 'key') continue;
            if (event.down) held.add(event.code);
            else expect(held.delete(event.code)).toBe(true);
          }
          expect([...held]).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
