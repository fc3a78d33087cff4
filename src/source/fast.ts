import { FAST_WASM } from './fast-wasm.js';
import { CLASS } from './hash.js';
import { leave, look, PAD, reserve, type Scanner, sight } from './scan.js';

/** The part of JavaScript's WebAssembly that is used here. Its types come with the browser's, which Node's types leave out. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

/** What fast.as exports. */
interface Exports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  TEXT: { readonly value: number };
  classify(byte: number, kind: number): void;
  begin(): void;
  scan(from: number, to: number): number;
  hashCount(): number;
  laterCount(): number;
}

/** Where fast.as puts its lists, as indexes of 4-byte numbers. */
const HASHES = 0x40000 / 4;
const LATER = 0x80000 / 4;
const PAGE = 1 << 16;

/** Returns the scanner that looks at 16 bytes at a time; `undefined` if WebAssembly does not support that here. */
export function fastScanner(): Scanner | undefined {
  let wasm: Exports;
  try {
    wasm = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(FAST_WASM, 'base64'))).exports as Exports;
  } catch {
    return undefined;
  }
  for (let byte = 0; byte < 256; byte++) wasm.classify(byte, CLASS[byte] as number);
  const base = wasm.TEXT.value;
  let words = new Uint32Array(wasm.memory.buffer);
  const self: Scanner = {
    text: new Uint8Array(wasm.memory.buffer),
    base,
    room: wasm.memory.buffer.byteLength - base - PAD,
    grow() {
      wasm.memory.grow(Math.ceil(self.room / PAGE));
      words = new Uint32Array(wasm.memory.buffer);
      self.text = new Uint8Array(wasm.memory.buffer);
      self.room = wasm.memory.buffer.byteLength - base - PAD;
    },
    scan(size, sink) {
      const on = sight(self.text, base, size, sink);
      wasm.begin();
      for (let from = base; from < on.end; ) {
        from = wasm.scan(from, on.end);
        const count = wasm.hashCount();
        reserve(sink, count);
        sink.hashes.set(words.subarray(HASHES, HASHES + count), sink.length);
        sink.length += count;
        const later = wasm.laterCount();
        for (let k = LATER; k < LATER + later; k++) look(on, words[k] as number);
      }
      leave(on);
    },
  };
  return self;
}
