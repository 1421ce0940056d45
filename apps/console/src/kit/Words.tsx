import { Fragment } from 'react';
import { Code } from './Code.tsx';

/** A message with what stands in backticks set as code. */
export function Words({ text }: { text: string }) {
  return text.split('`').map((part, index) => <Fragment key={index}>{index % 2 ? <Code>{part}</Code> : part}</Fragment>);
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What an error says. */
export const Message = ({ error }: { error: unknown }) => <Words text={messageOf(error)} />;
