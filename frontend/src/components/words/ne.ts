import type { ClientError } from '../../client'
import { speak } from '../ui/time'
import type { Words } from './en'

/** Not by `Intl`: some browsers know no Nepali. */
const inDevanagari = (text: string) =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(0x966 + Number(digit)))
const n = (value: number) => inDevanagari(`${value}`)

const months = 'जनवरी फेब्रुअरी मार्च अप्रिल मे जुन जुलाई अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर'
const englishMonths = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'
const weekdays = 'आइतबार सोमबार मङ्गलबार बुधबार बिहीबार शुक्रबार शनिबार'
const englishWeekdays = 'Sun Mon Tue Wed Thu Fri Sat'
const dates = new Map(
  [
    [englishMonths, months],
    [englishWeekdays, weekdays],
  ].flatMap(([from = '', to = '']) => {
    const names = to.split(' ')
    return from.split(' ').map((name, index) => [name, names[index] ?? ''] as const)
  }),
)
const units: Readonly<Record<string, string>> = {
  minute: 'मिनेट',
  hour: 'घण्टा',
  day: 'दिन',
  byte: 'बाइट',
  kB: 'केबी',
  MB: 'एमबी',
  GB: 'जीबी',
}

/** British dates, ages and sizes in Nepali. */
export function dateInNepali(english: string): string {
  const words = english
    .replace(/\byesterday\b/i, 'हिजो')
    .replace(/\btoday\b/i, 'आज')
    .replace(/\bago\b/, 'अघि')
    .replace(/ at /, ', ')
    .replace(/\b([A-Z][a-z]{2})[a-z]*\b/g, (word, start) => dates.get(start) ?? word)
    .replace(/\b([A-Za-z]+?)s?\b/g, (word, unit) => units[unit] ?? word)
  return inDevanagari(words)
}

speak('ne', dateInNepali)

const problems: Partial<Record<ClientError['code'], string>> = {
  network: 'सर्भरबाट जवाफ आएन। इन्टरनेट जाँच्नुहोस्।',
  too_large: 'यो धेरै ठूलो छ।',
  unauthorized: 'कृपया फेरि साइन इन गर्नुहोस्।',
  token_expired: 'कृपया फेरि साइन इन गर्नुहोस्।',
  forbidden: 'तपाईंलाई यसको अनुमति छैन।',
  not_participant: 'तपाईं यो कुराकानीमा हुनुहुन्न।',
  blocked: 'तपाईं यहाँ लेख्न सक्नुहुन्न।',
  conversation_closed: 'यो कुराकानी बन्द छ।',
  not_found: 'यो अब छैन।',
  rate_limited: 'धेरै छिटो भयो। एकछिन पर्खनुहोस्।',
  content_refused: 'यस्तो सामग्री पठाउन मिल्दैन।',
  content_held: 'यो सन्देश जाँच हुँदैछ।',
  edit_window_passed: 'यसलाई परिवर्तन गर्ने समय सकियो।',
  unavailable: 'सेवा अहिले उपलब्ध छैन। फेरि प्रयास गर्नुहोस्।',
}

export const ne: Words = {
  appName: 'सेवाबजार',
  justNow: 'भर्खरै',
  close: 'बन्द गर्नुहोस्',
  cancel: 'रद्द',
  retry: 'फेरि प्रयास गर्नुहोस्',
  discard: 'हटाउनुहोस्',
  loading: 'लोड हुँदैछ…',
  you: 'तपाईं',

  typing: (names) => {
    const [first = '', second = '', third = ''] = names
    if (names.length === 0) return ''
    if (names.length === 1) return `${first} लेख्दै हुनुहुन्छ…`
    if (names.length === 2) return `${first} र ${second} लेख्दै हुनुहुन्छ…`
    if (names.length === 3) return `${first}, ${second} र ${third} लेख्दै हुनुहुन्छ…`
    return `${first}, ${second} र अरू ${n(names.length - 2)} जना लेख्दै हुनुहुन्छ…`
  },

  online: 'अनलाइन',
  offline: 'अफलाइन',
  lastSeen: 'पछिल्लो पटक देखिएको',
  onlineCount: (online, all) => `${n(all)} मध्ये ${n(online)} अनलाइन`,
  nobodyOnline: 'अरू कोही अनलाइन छैन',

  connection: {
    connecting: 'जोडिँदैछ…',
    connected: 'जोडियो',
    catchingUp: 'ताजा हुँदैछ…',
    reconnecting: 'फेरि जोडिँदैछ…',
    offline: 'तपाईं अफलाइन हुनुहुन्छ',
    api_only: 'सीमित जडान',
    disconnected: 'जोडिएको छैन',
    error: 'जडान अस्वीकार भयो',
  },
  connectionHint: {
    offline: 'तपाईंले लेखेका सन्देश यहीँ राखिन्छन् र जडान हुँदा पठाइन्छन्।',
    reconnecting: 'तपाईंले लेखेका सन्देश राखिन्छन् र जडान हुनासाथ पठाइन्छन्।',
    api_only: 'यो नेटवर्कमा प्रत्यक्ष जडान रोकिएको छ। सन्देश अलि ढिलो जान्छन्।',
    disconnected: 'प्रत्यक्ष जडान बन्द छ।',
    error: 'कृपया फेरि साइन इन गर्नुहोस्।',
  },
  nextAttempt: (seconds) => `${n(seconds)} सेकेन्डमा फेरि प्रयास`,
  latency: (ms) => `${n(ms)} मि.से.`,
  reconnectNow: 'अहिले जोड्नुहोस्',

  status: {
    queued: 'पठाउन बाँकी',
    sending: 'पठाउँदै',
    unknown: 'पुग्यो कि जाँच्दै',
    failed: 'पठाइएन',
    sent: 'पठाइयो',
    delivered: 'पुग्यो',
    read: 'पढियो',
  },
  edited: 'सम्पादित',
  deletedOwn: 'तपाईंले यो सन्देश मेटाउनुभयो',
  deletedOther: 'यो सन्देश मेटाइएको छ',
  replyingTo: (name) => `${name} लाई जवाफ दिँदै`,
  cancelReply: 'जवाफ रद्द गर्नुहोस्',
  reply: 'जवाफ',
  react: 'प्रतिक्रिया',
  otherReaction: 'अर्को प्रतिक्रिया',
  edit: 'सम्पादन',
  copy: 'पाठ प्रतिलिपि',
  deleteForMe: 'मेरो लागि मेटाउनुहोस्',
  deleteForAll: 'सबैको लागि मेटाउनुहोस्',
  messageActions: 'सन्देशका कार्य',
  reactionBy: (emoji, count, mine) => `${emoji} ${n(count)}${mine ? ', तपाईं सहित' : ''}`,
  voiceMessage: (length) => `आवाज सन्देश, ${length}`,
  voice: {
    record: 'आवाज सन्देश रेकर्ड गर्नुहोस्',
    recording: 'रेकर्ड हुँदैछ',
    cancel: 'रेकर्ड हटाउनुहोस्',
    send: 'आवाज सन्देश पठाउनुहोस्',
    refused: 'माइक उपलब्ध छैन। ब्राउजरको सेटिङमा अनुमति दिनुहोस्।',
    sending: 'पठाइँदै गरेका आवाज सन्देश',
    name: 'आवाज सन्देश',
    play: 'बजाउनुहोस्',
    pause: 'रोक्नुहोस्',
    position: 'स्थान',
    rate: (rate) => `गति ${n(rate)}×`,
    broken: 'बजाउन सकिएन',
  },
  picture: {
    view: (name) => `${name} हेर्नुहोस्`,
    download: (name) => `${name} डाउनलोड गर्नुहोस्`,
    previous: 'अघिल्लो तस्बिर',
    next: 'अर्को तस्बिर',
    broken: 'यो तस्बिर लोड गर्न सकिएन।',
  },
  originalMissing: 'अघिल्लो सन्देश',

  messages: 'सन्देश',
  messagesWith: (name) => `${name} सँगका सन्देश`,
  newMessages: 'नयाँ सन्देश',
  newCount: (count) => `${n(count)} नयाँ सन्देश`,
  jumpToNewest: 'नयाँमा जानुहोस्',
  loadingOlder: 'पुराना सन्देश लोड हुँदैछन्…',
  noMessages: 'अहिलेसम्म सन्देश छैन',
  noMessagesHint: 'नमस्ते भन्नुहोस्! सेवाबारे सोध्नुहोस्।',
  loadFailed: 'यो लोड गर्न सकिएन।',

  writeMessage: 'सन्देश लेख्नुहोस्',
  send: 'पठाउनुहोस्',
  attachFiles: 'फाइल जोड्नुहोस्',
  quickTexts: 'तयारी पाठ',
  dropFiles: 'जोड्न फाइल यहाँ छोड्नुहोस्',
  emoji: 'इमोजी',
  chooseEmoji: 'इमोजी छान्नुहोस्',
  editingMessage: 'सन्देश सम्पादन हुँदैछ',
  cancelEdit: 'सम्पादन रद्द गर्नुहोस्',
  saveEdit: 'परिवर्तन सुरक्षित गर्नुहोस्',
  tooLong: (over) => `${n(over)} अक्षर बढी`,
  remaining: (count) => `${n(count)} अक्षर बाँकी`,
  composerHint: 'इन्टरले पठाउँछ, सिफ्ट र इन्टरले नयाँ लाइन',
  closedConversation: 'यो कुराकानी बन्द छ।',
  blockedConversation: 'तपाईं यहाँ लेख्न सक्नुहुन्न।',

  uploads: 'पठाइने फाइल',
  uploading: (name, percent) => `${name}: ${n(percent)} %`,
  uploadFailed: (name) => `${name} अपलोड भएन`,
  removeFile: (name) => `${name} हटाउनुहोस्`,
  retryFile: (name) => `${name} फेरि प्रयास गर्नुहोस्`,
  sentWithFiles: 'फाइल पुग्नेबित्तिकै जान्छ',
  chooseFiles: 'फाइल छान्नुहोस्',
  orDrop: 'वा यहाँ छोड्नुहोस्',

  conversations: 'कुराकानी',
  searchConversations: 'कुराकानी खोज्नुहोस्',
  clearSearch: 'खोज हटाउनुहोस्',
  searchMessages: 'यस कुराकानीमा खोज्नुहोस्',
  closeSearch: 'खोज बन्द गर्नुहोस्',
  hits: (count, hasMore) => (count === 0 ? 'केही भेटिएन' : `${n(count)}${hasMore ? '+' : ''} भेटियो`),
  tooFarBack: 'त्यो सन्देश यहाँ देखाउन धेरै पुरानो छ।',
  filters: 'देखाउनुहोस्',
  filter: { all: 'सबै', unread: 'नपढेका', archived: 'सङ्ग्रहित' },
  unread: (count) => `${n(count)} नपढेका सन्देश`,
  pinned: 'पिन गरिएको',
  muted: 'मौन',
  pin: 'पिन',
  unpin: 'पिन हटाउनुहोस्',
  mute: 'मौन गर्नुहोस्',
  unmute: 'मौन हटाउनुहोस्',
  archive: 'सङ्ग्रह',
  unarchive: 'इनबक्समा सार्नुहोस्',
  delete: 'मेटाउनुहोस्',
  actionsFor: (name) => `${name} का कार्य`,
  noConversations: 'अहिलेसम्म कुराकानी छैन',
  noConversationsHint: 'मन परेको सेवा खोज्नुहोस् र प्रदायकलाई लेख्नुहोस्।',
  noMatches: 'केही भेटिएन',
  noMatchesHint: 'अर्को शब्द वा फिल्टर प्रयास गर्नुहोस्।',
  noUnread: 'सबै पढियो। धेरै राम्रो!',
  noArchived: 'केही सङ्ग्रहित छैन',
  moreConversations: 'थप देखाउनुहोस्',
  browseServices: 'सेवाहरू हेर्नुहोस्',
  deleteConversation: 'यो कुराकानी मेटाउने?',
  deleteConversationHint: 'यो तपाईंको सूचीबाट हट्छ। अर्को व्यक्तिसँग रहिरहन्छ।',
  chooseConversation: 'कुराकानी छान्नुहोस्',
  chooseConversationHint: 'ग्राहक र प्रदायकसँगका सन्देश यहाँ देखिन्छन्।',
  backToList: 'कुराकानीमा फर्कनुहोस्',

  contact: 'सन्देश',
  contactProvider: (name) => `${name} लाई सन्देश`,
  about: (service) => `विषय: ${service}`,
  templates: 'यसबाट सुरु गर्नुहोस्',
  templateTexts: [
    'नमस्ते! यो सेवा यो हप्ता उपलब्ध छ?',
    'मेरो घरको लागि कति लाग्छ?',
    'सामान्यतया कति समय लाग्छ?',
    'शनिबार पनि आउनुहुन्छ?',
  ],
  answerTexts: [
    'नमस्ते! लेख्नुभएकोमा धन्यवाद। के सहयोग गरूँ?',
    'हुन्छ, त्यो दिन खाली छ। कति बजे ठीक हुन्छ?',
    'कृपया ठेगाना र एउटा फोटो पठाइदिनुहोस् न।',
    'म आउँदैछु।',
    'धन्यवाद! खुसी हुनुभयो भने समीक्षा लेखिदिनुहोस्।',
  ],
  yourMessage: 'तपाईंको सन्देश',
  sendMessage: 'सन्देश पठाउनुहोस्',

  nav: { services: 'सेवाहरू', messages: 'सन्देश', test: 'प्रत्यक्ष परीक्षण', main: 'मुख्य' },
  skipToContent: 'मुख्य सामग्रीमा जानुहोस्',
  theme: { label: 'रूप', light: 'उज्यालो', dark: 'अँध्यारो' },
  signOut: 'साइन आउट',
  signIn: {
    title: 'राम्रो सहयोग एउटा सन्देश टाढा',
    lead: 'नजिकका सफाइ, मर्मत, शिक्षण र खाना बनाउनेसँग कुरा गर्नुहोस्। हरेक सन्देश ठीक एक पटक पुग्छ।',
    choose: 'तपाईं को बन्न चाहनुहुन्छ?',
    chooseHint: 'यो प्रदर्शन हो। अर्को विन्डो अरू कसैको नाममा खोलेर कुरा गर्नुहोस्।',
    none: 'यहाँ प्रदर्शन सक्रिय छैन।',
    noneHint: 'सर्भर --demo वा --accounts सहित सुरु गर्नुहोस्, वा बजारबाट खोल्नुहोस्।',
    failed: 'साइन इन भएन। फेरि प्रयास गर्नुहोस्।',
    needed: 'सन्देश हेर्न साइन इन गर्नुहोस्।',
    toSignIn: 'साइन इनमा जानुहोस्',
  },
  account: {
    title: 'साइन इन',
    name: 'तपाईंको नाम',
    username: 'प्रयोगकर्ता नाम वा इमेल',
    password: 'पासवर्ड',
    passwordHint: 'कम्तीमा ८ अक्षर',
    role: 'म',
    logIn: 'साइन इन गर्नुहोस्',
    create: 'खाता बनाउनुहोस्',
    needOne: 'नयाँ खाता बनाउनुहोस्',
    haveOne: 'मेरो खाता छ',
    problems: (code) =>
      ({
        unauthorized: 'नाम वा पासवर्ड मिलेन।',
        conflict: 'यो नाम लिइसकिएको छ।',
        rate_limited: 'धेरै पटक प्रयास भयो। एक मिनेट पर्खनुहोस्।',
      })[code],
  },
  role: { customer: 'ग्राहक', provider: 'प्रदायक', staff: 'कर्मचारी' },
  services: {
    title: 'नजिकका सेवाहरू',
    lead: 'पहिले लेख्नुहोस्, पछि निर्णय गर्नुहोस्।',
    by: (name) => `${name} द्वारा`,
    from: (price) => `${price} देखि`,
    onRequest: 'मूल्य सोध्नुहोस्',
    none: 'यहाँ अहिले सेवा छैन',
    own: 'तपाईंको सेवा',
  },
  customersWaiting: (count) => `${n(count)} ग्राहक तपाईंलाई पर्खँदै हुनुहुन्छ`,
  roleView: { customer: 'तपाईंका प्रदायक', provider: 'तपाईंका ग्राहक', staff: 'सबै' },

  notifications: {
    ask: 'नयाँ सन्देशको खबर दिनुहोस्',
    hint: 'यो पृष्ठ पछाडि हुँदा पनि',
    on: 'नयाँ सन्देशको खबर आउनेछ।',
    off: 'ब्राउजरको सेटिङमा सूचना बन्द छ।',
  },
  problem: ({ code }) => problems[code] ?? 'त्यो भएन। फेरि प्रयास गर्नुहोस्।',
  toast: {
    notSent: 'एउटा सन्देश पठाउन सकिएन',
    copied: 'प्रतिलिपि भयो',
    failed: 'त्यो भएन',
  },
}
