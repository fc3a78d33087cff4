/** Operating systems other than Linux, for which drivers have `#if` arms: by the names that their compilers and build systems define. */

/**
 * Matches the condition of an `#if` arm for another system: `defined(__FreeBSD__)`, `defined(MY_BSD)`. A name that begins with `CONFIG_` is
 * one of Linux.
 */
export const foreignSystem =
  /^(?:defined\()?(?!CONFIG_)_*(?:\w+_)?(?:FreeBSD|NetBSD|OpenBSD|DragonFly|BSD|APPLE|DARWIN|MACOSX?|SUN|SUNOS|SOLARIS|WIN(?:32|64|NT)|WINDOWS|MSC_VER|QNX)(?:_\w*)?\)?$/i;
