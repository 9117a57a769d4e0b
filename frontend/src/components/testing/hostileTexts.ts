/** Texts that must neither run, nor spill, nor freeze. */
export const hostileTexts: readonly string[] = [
  '<img src=x onerror=alert(1)><script>alert(2)</script>',
  'javascript:alert(1) data:text/html,<b>x</b> https://safe.example/?a=<b>',
  'x'.repeat(600),
  `Z${'\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308'.repeat(12)}algo`,
  'Bidi \u202Ereversed text\u202C and \u2066isolated\u2069 end',
  '\u200F\u200E\u200B zero width \uFEFF',
  'مرحبا، هل الخدمة متاحة يوم السبت؟',
  "__proto__ constructor {{7*7}} %s %n \\u0000 '; DROP TABLE messages; --",
]
