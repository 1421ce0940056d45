import AskIcon from '@mui/icons-material/HelpOutlineOutlined';
import type { Explanation } from '@licet/contract';
import { Alert, Box, Button, Card, useMediaQuery, type Theme } from '@mui/material';
import { useEffect, useMemo, useRef, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { useCan } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { Failure } from '../kit/Failure.tsx';
import { Page } from '../kit/Page.tsx';
import { usePosted } from '../kit/read.ts';
import { Waiting } from '../kit/Waiting.tsx';
import { Answer } from './Answer.tsx';
import { AskForm } from './AskForm.tsx';
import { faultsOf } from './faults.ts';
import { fromSearch, toRequest, toSearch, type Question } from './question.ts';
import { RecentDenials } from './RecentDenials.tsx';
import { verdictWords } from './words.ts';

const HIDDEN = { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' };

/** The question in the URL, and its answer. The same question is asked anew each time that Ask is pressed. */
function useAsked() {
  const [params, setParams] = useSearchParams();
  const search = params.toString();
  const read = useMemo(() => fromSearch(search), [search]);
  const asked = read.complete && !read.damaged.length;
  const request = useMemo(() => (asked ? toRequest(read.question) : null), [asked, read]);
  const { data, error, isFetching, dataUpdatedAt, refetch } = usePosted<Explanation>('explain', request);
  const ask = (question: Question) => {
    const next = toSearch(question);
    if (asked && next === toSearch(read.question)) void refetch();
    else setParams(next);
  };
  return {
    ...read,
    search,
    asked,
    data: asked ? data : undefined,
    error: asked ? error : null,
    isFetching,
    at: dataUpdatedAt,
    ask,
    refetch,
  };
}

/** Asking again helps where no field is to blame. */
function Refused({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const faulty = Object.keys(faultsOf(error)).length > 0;
  return <Failure title="The question could not be answered" error={error} {...(faulty ? {} : { onRetry })} />;
}

function Nothing({ damaged }: { damaged: string[] }) {
  if (damaged.length) {
    return (
      <Alert severity="error" role="alert">
        The link is damaged: {damaged.join(' and ')} cannot be read. Fill it in again, then ask.
      </Alert>
    );
  }
  return (
    <Card>
      <EmptyState icon={AskIcon} title="Ask as an application does">
        Who wants to do what, and on what: the answer is the one that every application gets, with the path that decides. Where it is a
        denial, you see what is missing and where to change it. With a revision and a time you get the answer of then.
      </EmptyState>
      <RecentDenials />
    </Card>
  );
}

/** On a telephone the answer is below the question: once it is there, it is brought into view. */
function useBroughtIntoView(settled: boolean) {
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('lg'), { noSsr: true });
  const place = useRef<HTMLDivElement>(null);
  const waiting = useRef(false);
  useEffect(() => {
    if (!settled || !waiting.current) return;
    waiting.current = false;
    if (narrow) place.current?.scrollIntoView({ block: 'start' });
  });
  return { place, await: () => (waiting.current = true) };
}

function Contents() {
  const { question, damaged, search, asked, data, error, isFetching, at, ask, refetch } = useAsked();
  const view = useBroughtIntoView(!isFetching && (data !== undefined || error !== null));
  const onAsk = (next: Question) => {
    view.await();
    ask(next);
  };
  let answer: ReactNode = <Waiting />;
  if (!asked) answer = <Nothing damaged={damaged} />;
  else if (error) answer = <Refused error={error} onRetry={() => void refetch()} />;
  else if (data) answer = <Answer question={question} explanation={data} at={at} />;
  const clear = search && (
    <Button component={Link} to="/ask" color="inherit">
      New question
    </Button>
  );
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2.5,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 400px) minmax(0, 1fr)' },
        alignItems: 'start',
      }}
    >
      <AskForm question={question} fresh={!search} error={error} onAsk={onAsk} onClear={clear} />
      <Box ref={view.place} aria-busy={asked && isFetching} sx={{ scrollMarginTop: 80, opacity: data && isFetching ? 0.6 : 1 }}>
        {answer}
      </Box>
      <Box role="status" sx={HIDDEN}>
        {data && !isFetching ? verdictWords(question, data) : ''}
      </Box>
    </Box>
  );
}

/** May somebody do something? Answered by the engine, with its grounds, now or as of a past revision and time. */
export function AskPage() {
  const can = useCan();
  return (
    <Page title="Ask" lead="May somebody do something, and why? Nothing is logged or changed by asking.">
      {can('licet.decision:explain') ? (
        <Contents />
      ) : (
        <EmptyState title="Not allowed">You need the permission licet.decision:explain.</EmptyState>
      )}
    </Page>
  );
}
