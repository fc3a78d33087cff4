import { dirtyCalls } from '../../protocol/index.js';
import type { Rule } from '../finding.js';
import { taken } from '../finding.js';

/** set_page_dirty() needs the page lock, or another promise that the page stays in its mapping: set_page_dirty_lock() in mm/. */
export const dirtyUnlocked: Rule = {
  id: 'dirty-unlocked',
  severity: 'note',
  about: 'a user page is marked dirty by set_page_dirty() or SetPageDirty() without its lock',
  check(subject) {
    return subject.followed.visits.flatMap((v) =>
      v.flow.dirties.flatMap((d) => {
        const locked =
          dirtyCalls.get(d.api) === 'set_page_dirty_lock' ||
          /\block_page\s*\(|\bfolio_lock\s*\(/.test(subject.program.textOf(v.flow.reference));
        if (locked) return [];
        const { file, name } = v.flow.reference;
        const place = subject.program.position(file, d.pos);
        const message = `a page of ${subject.row.api}() is marked dirty without its lock; set_page_dirty_lock() takes it`;
        return [
          {
            message,
            file,
            function: name,
            pos: d.pos,
            path: [taken(subject), { file, ...place, function: name, text: `marked dirty by ${d.api}()` }],
          },
        ];
      }),
    );
  },
};
