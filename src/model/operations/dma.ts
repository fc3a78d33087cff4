/** A device: it reads or writes the page that it was given by its physical address, and looks at no count. */
import { CHANGED_UNDER_WRITEBACK, HANDLE_HELD, HANDLE_OWN, HANDLE_PAGE_SHIFT, HANDLE_PIN, WRITEBACK } from '../layout.js';
import { expect, expectedOf, handleFrame, handleOf, hasFlag, noteStale, remember, setContent, setHandle } from '../machine.js';
import type { Dma, DmaStart, DmaWait } from '../scenario.js';
import { BLOCKED, type Context, SHARED, type Step } from './step.js';

/** Returns the steps of giving a page to a device. From then on the device uses the page, whoever holds it. */
export function dmaStartSteps(c: Context, op: DmaStart): Step[] {
  const m = c.machine;
  const slot = c.slot(op.slot);
  const device = c.device(op.device);
  return [
    {
      text: `starts DMA to ${op.slot}`,
      stands: 'dma_map_page(), then the device is told',
      reads: device.bit,
      writes: device.bit,
      run: (s) => {
        if (handleOf(m, s, device.slot) !== 0) return BLOCKED;
        const handle = handleOf(m, s, slot);
        if (handle !== 0) setHandle(m, s, device.slot, (handle | HANDLE_HELD) & ~HANDLE_PIN);
        return 0;
      },
    },
  ];
}

/** Returns the steps of waiting for a device. */
export function dmaWaitSteps(c: Context, op: DmaWait): Step[] {
  const m = c.machine;
  const device = c.device(op.device);
  return [
    {
      text: `hears that ${op.device} is done`,
      stands: 'wait_for_completion()',
      reads: device.bit,
      writes: 0,
      run: (s) => (handleOf(m, s, device.slot) === 0 ? 0 : BLOCKED),
    },
  ];
}

/** Returns the device's own step. */
export function dmaSteps(c: Context, op: Dma): Step[] {
  const m = c.machine;
  const own = c.own();
  const content = op.content ?? 2;
  const write = op.write ?? true;
  return [
    {
      text: write ? 'writes to the page' : 'reads the page',
      stands: 'DMA',
      reads: own.bit | SHARED.flags | SHARED.content,
      // The device stops using the page, which whoever frees the page looks at.
      writes: own.bit | SHARED.counts | (write ? SHARED.content : 0),
      run: (s) => {
        const handle = handleOf(m, s, own.slot);
        if (handle === 0) return BLOCKED;
        const frame = handleFrame(handle);
        noteStale(m, s, handle);
        setHandle(m, s, own.slot, 0);
        if (!write) return 0;
        if (hasFlag(m, s, frame, WRITEBACK)) remember(s, CHANGED_UNDER_WRITEBACK);
        setContent(m, s, frame, content);
        const page = (handle >>> HANDLE_PAGE_SHIFT) & 3;
        // In memory that was unmapped or truncated, nobody will look for it.
        if ((handle & HANDLE_OWN) !== 0 && expectedOf(m, s, page) !== 0) expect(m, s, page, content);
        return 0;
      },
    },
  ];
}
