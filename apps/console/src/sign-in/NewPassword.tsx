import { useState } from 'react';
import { PasswordField } from './PasswordField.tsx';

const PASSWORD_LENGTH = 12;

/** A password that is being chosen, typed twice. */
export interface ChosenPassword {
  value: string;
  again: string;
  tried: boolean;
  set: (value: string) => void;
  setAgain: (value: string) => void;
  /** Whether it can be sent; from here on the fields say what is wrong. */
  check: () => boolean;
}

export function useNewPassword(): ChosenPassword {
  const [value, set] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const check = () => {
    setTried(true);
    return value.length >= PASSWORD_LENGTH && value === again;
  };
  return { value, again, tried, set, setAgain, check };
}

function lengthHint(password: string): string {
  if (!password) return `At least ${PASSWORD_LENGTH} characters. A few words in a row are easy to keep in mind.`;
  const missing = PASSWORD_LENGTH - password.length;
  return missing > 0
    ? `${missing} more ${missing === 1 ? 'character' : 'characters'} needed`
    : `${password.length} characters: long enough`;
}

interface Props {
  state: ChosenPassword;
  label?: string;
  /** What the server said about it. */
  fault: string | null;
}

/** The two fields of a new password. Length counts; composition does not. */
export function NewPassword({ state, label = 'Password', fault }: Props) {
  const { value, again, tried } = state;
  const different = tried && value !== again;
  return (
    <>
      <PasswordField
        label={label}
        value={value}
        onChange={state.set}
        autoComplete="new-password"
        error={fault !== null || (tried && value.length < PASSWORD_LENGTH)}
        helper={fault ?? lengthHint(value)}
      />
      <PasswordField
        label={label === 'Password' ? 'Repeat the password' : 'Repeat the new password'}
        value={again}
        onChange={state.setAgain}
        autoComplete="new-password"
        error={different}
        helper={different ? 'The two passwords differ' : undefined}
      />
    </>
  );
}
