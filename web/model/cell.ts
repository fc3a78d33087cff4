/** What a cell of the matrix says. Pure: no browser needed. */
import type { MatrixCell, Meanings } from '../../src/report/read/matrix.js';

/** How the cell of a misuse under a design is named in the address. */
export function nameOf({ misuse, design }: Pick<MatrixCell, 'misuse' | 'design'>): string {
  return `${misuse} / ${design}`;
}

/** What a name means, if the model says so. */
export function meaningOf(meanings: Meanings, of: string): string {
  return Object.hasOwn(meanings, of) ? (meanings[of] ?? '') : '';
}

/** The outcomes that are the misuse's own: a correct program of the design has the others too. */
export function ownOutcomes({ outcomes, alsoCorrect }: MatrixCell): string[] {
  return outcomes.filter((outcome) => !alsoCorrect.includes(outcome));
}

/** How a cell is coloured: harm that nobody is told of, harm that is told of, or none. */
export function kindOf(cell: MatrixCell): 'right' | 'open' | 'wrong' {
  if (cell.criesWolf) return 'open';
  if (ownOutcomes(cell).length === 0) return cell.finished ? 'right' : 'open';
  return cell.notices === 'never' && cell.misuse !== 'none' ? 'wrong' : 'open';
}

/** Whether somebody is told, in a phrase. */
export function noticeOf(cell: MatrixCell): string {
  if (cell.typeFaults.length > 0) return 'does not compile';
  const parts = [
    cell.criesWolf ? 'complains though all is right' : '',
    cell.notices === null ? '' : cell.notices === 'never' ? 'never noticed' : `${cell.notices} noticed`,
    cell.noticesDebug !== null && cell.noticesDebug !== cell.notices ? `${cell.noticesDebug} in a debugging kernel` : '',
    cell.finished ? '' : 'not all was searched',
  ];
  return parts.filter((part) => part !== '').join('; ');
}
