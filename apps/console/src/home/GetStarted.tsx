import DoneIcon from '@mui/icons-material/CheckCircleOutlined';
import TodoIcon from '@mui/icons-material/RadioButtonUncheckedOutlined';
import { Box, Button, Typography } from '@mui/material';
import { Link } from 'react-router-dom';
import { Panel } from '../kit/ShowPage.tsx';
import type { Task } from './useProgress.ts';

function Line({ task, next }: { task: Task; next: boolean }) {
  const Icon = task.done ? DoneIcon : TodoIcon;
  return (
    <Box
      component="li"
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, py: 1.5, borderTop: 1, borderColor: 'divider' }}
    >
      <Icon titleAccess={task.done ? 'Done' : 'To do'} sx={{ color: task.done ? 'success.main' : 'text.secondary' }} />
      <Box sx={{ flex: '1 1 260px', minWidth: 0 }}>
        <Typography component="h3" sx={{ fontWeight: 600 }}>
          {task.title}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {task.text}
        </Typography>
      </Box>
      <Button component={Link} to={task.to} variant={next ? 'contained' : 'text'} size="small">
        {task.action}
      </Button>
    </Box>
  );
}

/** The way to a first decision, with what is done already. */
export function GetStarted({ tasks }: { tasks: Task[] }) {
  const done = tasks.filter((task) => task.done).length;
  const next = tasks.find((task) => !task.done)?.id;
  return (
    <Panel title="Get started" lead={`${done} of ${tasks.length} done. The steps tick themselves off as you go.`}>
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {tasks.map((task) => (
          <Line key={task.id} task={task} next={task.id === next} />
        ))}
      </Box>
    </Panel>
  );
}
