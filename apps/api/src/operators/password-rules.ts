import { LicetError } from '@licet/contract';

const OWN_WORDS = ['licet', 'password', 'passphrase', 'operator'];
const FEWEST_CHARACTERS = 5;
const MOST_ELSE = 8;
let common: Promise<ReadonlySet<string>> | undefined;

/** The passwords that people choose most, those that were found in breaches: the list of zxcvbn-ts. Read when the first one is chosen. */
async function commonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}

/**
 * Refuses a password that is among the first that anybody would try: a common one, also repeated or with digits and signs around it, the
 * own user name, or a few characters over and over. Nothing is asked of its composition (NIST SP 800-63B-4, section 3.1.1.2).
 */
export async function demandGoodPassword(password: string, user: string, member = 'password'): Promise<void> {
  common ??= commonPasswords();
  const fault = faultOf(password.toLowerCase(), user.toLowerCase(), await common);
  if (fault) throw new LicetError('invalid_request', `${member}: ${fault}`, { errors: [{ path: member, message: fault }] });
}

function faultOf(password: string, user: string, list: ReadonlySet<string>): string | undefined {
  if (new Set(password).size < FEWEST_CHARACTERS)
    return 'this is a few characters over and over; take some words that do not belong together';
  const core = repeated(password.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''));
  const known = [password, repeated(password), core].some((each) => each === '' || list.has(each));
  if (known) return 'this is one of the passwords that are tried first; take some words that do not belong together';
  const isMost = (word: string) => word.length >= 4 && password.includes(word) && password.replaceAll(word, '').length < MOST_ELSE;
  const named = [user, ...OWN_WORDS].some(isMost);
  return named ? 'this is little more than a name that others know; take some words that do not belong together' : undefined;
}

/** The shortest text that, said over and over, is this one. */
function repeated(text: string): string {
  const length = (text + text).indexOf(text, 1);
  return text.slice(0, length);
}
