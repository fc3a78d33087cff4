/** Frame numbers of which one arm takes a reference, and the other computes the number from where a mapping of frames begins. */
import { describe } from 'vitest';
import { accepts, complains } from './findings.js';

const mapped = ({
  computed = 'first = vma->vm_pgoff;\n\t\tpfn = first + ((a - vma->vm_start) >> PAGE_SHIFT);\n\t\traw = 1;',
  between = '',
  drop = 'release_frame(pfn);',
} = {}) => `static unsigned long take_frame(unsigned long a)
{
	struct page *page;

	if (get_user_pages_fast(a, 1, 0, &page) != 1)
		return ~0UL;
	return page_to_pfn(page);
}
static void release_frame(unsigned long pfn)
{
	put_page(pfn_to_page(pfn));
}
int map_in(struct box *b, struct vm_area_struct *vma, unsigned long a)
{
	unsigned long pfn = 0, first;
	int raw = 0, ret;

	if (vma->vm_flags & VM_PFNMAP) {
		${computed}
	}
	if (!raw) {
		pfn = take_frame(a);
		if (pfn == ~0UL)
			return -EFAULT;
	}
	ret = box_set(b, pfn);
	${between}
	${drop}
	return ret;
}
`;

describe('frames of a mapping that come to the drop of those that were taken', () => {
  complains('mixed-release', 'which are computed', mapped(), 'map_in:release_frame(pfn);');
  complains(
    'mixed-release',
    'by a drop that stands there',
    mapped({ drop: 'put_page(pfn_to_page(pfn));' }),
    'map_in:put_page(pfn_to_page(pfn));',
  );
  accepts('mixed-release', 'of which the flag tells', mapped({ drop: 'if (!raw)\n\t\trelease_frame(pfn);' }));
  accepts('mixed-release', 'that are left before', mapped({ between: 'if (raw)\n\t\treturn ret;' }));
  accepts('mixed-release', 'of which the mapping tells', mapped({ drop: 'if (!(vma->vm_flags & VM_PFNMAP))\n\t\trelease_frame(pfn);' }));
  accepts('mixed-release', 'which a test of the number may tell', mapped({ between: 'if (is_raw_frame(pfn))\n\t\treturn ret;' }));
  accepts('mixed-release', 'of which none is computed', mapped({ computed: 'first = vma->vm_pgoff;\n\t\tb->first = first;' }));
  accepts('mixed-release', 'which is taken anew', mapped({ computed: 'first = vma->vm_pgoff;\n\t\tpfn = first;' }));
});
