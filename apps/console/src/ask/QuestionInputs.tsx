import AddIcon from '@mui/icons-material/AddOutlined';
import { Box, Button } from '@mui/material';
import { useState } from 'react';
import { useFormContext, useWatch } from 'react-hook-form';
import { AttributesInput } from '../kit/AttributesInput.tsx';
import { useCan } from '../kit/access.tsx';
import { Code } from '../kit/Code.tsx';
import { FreePickerInput } from '../kit/FreePicker.tsx';
import { parseUserKey, splitKey } from '../kit/keys.ts';
import { useSome } from '../kit/read.ts';
import { splitPermission, type Question } from './question.ts';

const PAIR = { display: 'grid', gap: 2, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))' };

function SubjectHelp() {
  const subject = useWatch<Question, 'subject'>({ name: 'subject' });
  if (!subject.includes(':')) return <>A user, known to Licet or not. Another type goes before a colon: service:billing.</>;
  const { type, id } = parseUserKey(subject);
  return (
    <>
      The subject of type <Code>{type}</Code> with the id <Code>{id}</Code>.
    </>
  );
}

/** Who. */
export function SubjectInput({ autoFocus }: { autoFocus: boolean }) {
  return (
    <FreePickerInput
      source="subject"
      label="User"
      resource="users"
      required
      autoFocus={autoFocus}
      placeholder="Search users by id or name"
      helper={<SubjectHelp />}
    />
  );
}

/** What, and on what: an action is picked with its resource type. */
export function PermissionInputs() {
  const { getValues, setValue, clearErrors } = useFormContext<Question>();
  const type = useWatch<Question, 'type'>({ name: 'type' });
  const setType = (key: string) => {
    setValue('type', splitKey(key).type);
    clearErrors('type');
  };
  const split = () => {
    const { type: named, action } = splitPermission(getValues());
    if (action === getValues('action')) return;
    setValue('action', action);
    setType(`${named}:${action}`);
  };
  return (
    <Box sx={PAIR}>
      <FreePickerInput
        source="action"
        label="Action"
        resource="permissions"
        filter={type ? { resourceType: type } : {}}
        required
        placeholder="read"
        taken={(permission) => splitKey(permission).rest}
        onPicked={setType}
        onTyped={split}
      />
      <FreePickerInput source="type" label="Resource type" resource="resource-types" required placeholder="task" />
    </Box>
  );
}

/** On which one, and in which tenant. */
export function PlaceInputs() {
  const type = useWatch<Question, 'type'>({ name: 'type' });
  return (
    <Box sx={PAIR}>
      <FreePickerInput
        source="id"
        label="Resource id"
        resource="resources"
        filter={type ? { type } : {}}
        placeholder="t1"
        helper="Empty: no particular one."
        taken={(key) => splitKey(key).rest}
      />
      <FreePickerInput
        source="tenant"
        label="Tenant"
        resource="tenants"
        placeholder="default"
        helper="Empty: the resource’s, or default."
      />
    </Box>
  );
}

/** The attributes that the catalogue declares for a resource type. */
function useDeclared(type: string) {
  const allowed = useCan()('licet.resource-type:read');
  const { data } = useSome('resource-types', { filter: { q: type }, perPage: 20, enabled: allowed && type !== '' });
  return data?.items.find(({ id }) => id === type)?.attributes ?? {};
}

const isEmpty = (attributes: object) => Object.keys(attributes).length === 0;

/** What the application tells beside: conditions look at it. */
export function AttributeInputs() {
  const type = useWatch<Question, 'type'>({ name: 'type' });
  const [subject, action] = useWatch<Question, ['subjectProperties', 'actionProperties']>({
    name: ['subjectProperties', 'actionProperties'],
  });
  const [wanted, setWanted] = useState(false);
  const declared = useDeclared(type);
  const shown = wanted || !isEmpty(subject) || !isEmpty(action);
  return (
    <>
      <AttributesInput source="properties" label="Properties of the resource" known={declared} />
      <AttributesInput source="context" label="Context" />
      {shown ? (
        <>
          <AttributesInput source="subjectProperties" label="Properties of the user" />
          <AttributesInput source="actionProperties" label="Properties of the action" />
        </>
      ) : (
        <Box>
          <Button size="small" startIcon={<AddIcon />} onClick={() => setWanted(true)}>
            Properties of the user and the action
          </Button>
        </Box>
      )}
    </>
  );
}
