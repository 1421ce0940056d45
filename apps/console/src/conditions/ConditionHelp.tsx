import { Box, Button, Card, Typography } from '@mui/material';
import { useFormContext } from 'react-hook-form';
import { Code } from '../kit/Code.tsx';

const NAMES: [string, string][] = [
  ['subject.id, subject.type', 'who asks'],
  ['subject.properties.…', 'attributes of the user'],
  ['action.name', 'what is to be done'],
  ['resource.id, resource.type', 'with what'],
  ['resource.properties.…', 'attributes of the resource'],
  ['context.…', 'what the application adds'],
  ['now', 'the time of the request'],
];

const EXAMPLES: [string, string][] = [
  ['The one who asks owns it', 'resource.properties.ownerId == subject.id'],
  ['Same department', 'resource.properties.department == subject.properties.department'],
  ['Up to an amount', 'resource.properties.amount <= 1000'],
  ['One of several states', 'resource.properties.state in ["draft", "review"]'],
  ['Only if it is given', 'has(context.mfa) && context.mfa'],
  ['Until a date', 'now < timestamp("2027-01-01T00:00:00Z")'],
];

/** What a condition can name, and examples to start from. */
export function ConditionHelp() {
  const { setValue } = useFormContext();
  return (
    <Card component="aside" aria-label="Help with conditions" sx={{ p: 2.5 }}>
      <Typography variant="h2">What it can name</Typography>
      <Box component="dl" sx={{ m: 0, mt: 1, display: 'grid', gap: 0.5, fontSize: 14 }}>
        {NAMES.map(([name, meaning]) => (
          <Box key={name} sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1 }}>
            <Box component="dt">
              <Code>{name}</Code>
            </Box>
            <Box component="dd" sx={{ m: 0, color: 'text.secondary' }}>
              {meaning}
            </Box>
          </Box>
        ))}
      </Box>
      <Typography variant="h2" sx={{ mt: 2.5 }}>
        Examples
      </Typography>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 1, p: 0, display: 'grid', gap: 1 }}>
        {EXAMPLES.map(([title, expression]) => (
          <Box component="li" key={title} sx={{ fontSize: 14 }}>
            <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 1 }}>
              {title}
              <Button
                size="small"
                onClick={() => setValue('expression', expression, { shouldDirty: true, shouldValidate: true })}
                aria-label={`Use the example: ${title}`}
              >
                Use
              </Button>
            </Box>
            <Code>{expression}</Code>
          </Box>
        ))}
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 2 }}>
        A missing attribute is an error: a grant that errs does not apply, a denial that errs does. Use has(…) where it may be missing.
      </Typography>
    </Card>
  );
}
