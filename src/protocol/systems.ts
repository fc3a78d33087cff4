/** Other systems than Linux, for which drivers have arms of their own: by the names that their compilers and build systems define. */

/** A condition of an `#if` arm that is there for another system: `defined(__FreeBSD__)`, `defined(MY_BSD)`. What is configured is Linux. */
export const foreignSystem =
  /^(?:defined\()?(?!CONFIG_)_*(?:\w+_)?(?:FreeBSD|NetBSD|OpenBSD|DragonFly|BSD|APPLE|DARWIN|MACOSX?|SUN|SUNOS|SOLARIS|WIN(?:32|64|NT)|WINDOWS|MSC_VER|QNX)(?:_\w*)?\)?$/i;
