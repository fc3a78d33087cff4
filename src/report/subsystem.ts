import { byCode } from '../source/order.js';
import type { Row } from '../survey/row.js';

/** A file's subsystem: the first two folders of its path, `.` for a file at the root of the tree. */
export function subsystem(file: string): string {
  const folders = file.split('/').slice(0, -1);
  return folders.slice(0, 2).join('/') || '.';
}

/** The rows of each subsystem: subsystems by name, rows in their own order. */
export function bySubsystem(rows: readonly Row[]): [name: string, rows: Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = subsystem(row.file);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].sort(([a], [b]) => byCode(a, b));
}
