import { describe } from 'vitest';
import { shows } from './helper.js';

const f = (body: string) => `int f(struct mm_struct *mm, unsigned long a, bool b)\n{\n\tstruct page *page;\n\tint n;\n\n${body}\n\treturn 0;\n}`;
const get = 'get single single@function put:f:put_page';
const pin = 'pin single single@function put:f:unpin_user_page';

describe('9. arms', () => {
  shows(
    'each arm takes its own way, one drop',
    f('#ifdef CONFIG_A\n\tn = get_user_pages_fast(a, 1, 0, &page);\n#else\n\tn = get_user_pages_unlocked(a, 1, &page, 0);\n#endif\n\tif (n != 1)\n\t\treturn -1;\n\tput_page(page);'),
    get,
    get,
  );
  shows(
    'each arm drops its own way: what cannot be together is not joined',
    f('#ifdef CONFIG_PIN\n\tn = pin_user_pages_fast(a, 1, 0, &page);\n#else\n\tn = get_user_pages_fast(a, 1, 0, &page);\n#endif\n\tif (n != 1)\n\t\treturn -1;\n#ifdef CONFIG_PIN\n\tunpin_user_page(page);\n#else\n\tput_page(page);\n#endif'),
    pin,
    get,
  );
  shows(
    'the same, by version; the second test is the other way round',
    f('#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\n\tn = pin_user_pages_fast(a, 1, 0, &page);\n#else\n\tn = get_user_pages_fast(a, 1, 0, &page);\n#endif\n\tif (n != 1)\n\t\treturn -1;\n#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 6, 0)\n\tput_page(page);\n#else\n\tunpin_user_page(page);\n#endif'),
    pin,
    get,
  );
  shows('an arm opens a brace that another closes', f('#ifdef CONFIG_A\n\tif (b) {\n#endif\n\t\tn = get_user_pages_fast(a, 1, 0, &page);\n#ifdef CONFIG_A\n\t} else {\n\t\tn = 0;\n\t}\n#endif\n\tif (n == 1)\n\t\tput_page(page);'), get);
  shows('two arms open a brace that is closed once', f('#ifdef CONFIG_A\n\tif (b) {\n#else\n\tif (mm) {\n#endif\n\t\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\t\treturn -1;\n\t\tput_page(page);\n\t}'), get);
  shows('an if without a statement, which the arm behind it holds', f('\tif (b)\n#ifdef CONFIG_A\n\t\tn = get_user_pages_fast(a, 1, 0, &page);\n\telse\n#endif\n\t\tn = 0;\n\tif (n == 1)\n\t\tput_page(page);'), get);
  shows('arms inside the call', f('\tn = get_user_pages_remote(\n#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 9, 0)\n\t\tcurrent,\n#endif\n\t\tmm, a, 1, 0, &page,\n#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)\n\t\tNULL,\n#endif\n\t\tNULL);\n\tif (n != 1)\n\t\treturn -1;\n\tput_page(page);'), get);
  shows('arms around the head of the function', '#ifdef CONFIG_A\nint f(unsigned long a)\n#else\nlong f(unsigned long a, int more)\n#endif\n{\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tput_page(page);\n\treturn 0;\n}', get);
  shows('a whole function in each arm', '#ifdef CONFIG_A\nint f(unsigned long a)\n{\n\tstruct page *page;\n\n\tif (get_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tput_page(page);\n\treturn 0;\n}\n#else\nint f(unsigned long a)\n{\n\tstruct page *page;\n\n\tif (pin_user_pages_fast(a, 1, 0, &page) != 1)\n\t\treturn -1;\n\tunpin_user_page(page);\n\treturn 0;\n}\n#endif', get, pin);
  shows('in a helper, arms of the release', '#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\nstatic void drop(struct page *p)\n{\n\tunpin_user_page(p);\n}\n#else\nstatic void drop(struct page *p)\n{\n\tput_page(p);\n}\n#endif\nint f(unsigned long a)\n{\n\tstruct page *page;\n\tint n;\n\n#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\n\tn = pin_user_pages_fast(a, 1, 0, &page);\n#else\n\tn = get_user_pages_fast(a, 1, 0, &page);\n#endif\n\tif (n == 1)\n\t\tdrop(page);\n\treturn n;\n}', 'pin single single@file put:drop:unpin_user_page', 'get single single@file put:drop:put_page');
});

describe('9. ladders', () => {
  shows(
    'four rungs',
    f('#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)\n\tn = get_user_pages(a, 1, FOLL_WRITE, &page);\n#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 9, 0)\n\tn = get_user_pages(a, 1, FOLL_WRITE, &page, NULL);\n#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)\n\tn = get_user_pages(a, 1, 1, 0, &page, NULL);\n#else\n\tn = get_user_pages(current, mm, a, 1, 1, 0, &page, NULL);\n#endif\n\tif (n != 1)\n\t\treturn -1;\n\tput_page(page);'),
    get,
    get,
    get,
    get,
  );
  shows(
    'rungs of the release',
    f('#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\n\tn = pin_user_pages_fast(a, 1, 0, &page);\n#else\n\tn = get_user_pages_fast(a, 1, 0, &page);\n#endif\n\tif (n != 1)\n\t\treturn -1;\n#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 6, 0)\n\tunpin_user_page(page);\n#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 2, 0)\n\tput_user_page(page);\n#elif LINUX_VERSION_CODE >= KERNEL_VERSION(4, 6, 0)\n\tput_page(page);\n#else\n\tpage_cache_release(page);\n#endif'),
    pin,
    'get single single@function put:f:put_user_page,f:put_page,f:page_cache_release',
  );
  shows(
    'a macro by version',
    '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)\n#define my_get(a, n, p) get_user_pages(a, n, 0, p)\n#else\n#define my_get(a, n, p) get_user_pages(a, n, 0, p, NULL)\n#endif\nint f(unsigned long a)\n{\n\tstruct page *page;\n\n\tif (my_get(a, 1, &page) != 1)\n\t\treturn -1;\n\tput_page(page);\n\treturn 0;\n}',
    get,
  );
});
