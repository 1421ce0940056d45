import { Box, Button, Card } from '@mui/material';
import { useEffect, type ReactNode } from 'react';
import { Form } from 'react-admin';
import { useFormContext, type FieldValues } from 'react-hook-form';
import { faultsOf } from './faults.ts';
import { tidied, type Question } from './question.ts';
import { AttributeInputs, PermissionInputs, PlaceInputs, SubjectInput } from './QuestionInputs.tsx';
import { WhenInputs } from './WhenInputs.tsx';

/** Says at the fields what the API found wrong with them. */
function Faults({ error }: { error: unknown }) {
  const { setError } = useFormContext();
  useEffect(() => {
    for (const [field, message] of Object.entries(faultsOf(error))) setError(field, { type: 'server', message });
  }, [error, setError]);
  return null;
}

interface Props {
  question: Question;
  /** Nothing is asked yet: the first field has the focus. */
  fresh: boolean;
  error: unknown;
  onAsk: (question: Question) => void;
  onClear: ReactNode;
}

function Footer({ onClear }: Pick<Props, 'onClear'>) {
  const { clearErrors } = useFormContext();
  return (
    <Box sx={{ display: 'flex', gap: 1 }}>
      {/* What the server said last time must not stand in the way of asking again. */}
      <Button type="submit" variant="contained" onClick={() => clearErrors()}>
        Ask
      </Button>
      {onClear}
    </Box>
  );
}

/** The question, as a sentence of fields. Enter asks it. */
export function AskForm({ question, fresh, error, onAsk, onClear }: Props) {
  return (
    <Card component="section" aria-label="Question" sx={{ p: { xs: 2, sm: 2.5 } }}>
      <Form
        defaultValues={question as FieldValues}
        onSubmit={(values: FieldValues) => onAsk(tidied(values as Question))}
        disableInvalidFormNotification
        noValidate
      >
        <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
          <SubjectInput autoFocus={fresh} />
          <PermissionInputs />
          <PlaceInputs />
          <AttributeInputs />
          <WhenInputs />
          <Footer onClear={onClear} />
          <Faults error={error} />
        </Box>
      </Form>
    </Card>
  );
}
