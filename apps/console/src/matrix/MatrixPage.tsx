import GridIcon from '@mui/icons-material/GridOnOutlined';
import {
  Box,
  Button,
  Card,
  FormControlLabel,
  MenuItem,
  Popover,
  Switch,
  TextField,
  Typography,
  useMediaQuery,
  type Theme,
} from '@mui/material';
import { useMemo, useRef, useState } from 'react';
import { useNotify } from 'react-admin';
import { Link, useSearchParams } from 'react-router-dom';
import { Can, useCan } from '../kit/access.tsx';
import { EmptyState } from '../kit/EmptyState.tsx';
import { Failure } from '../kit/Failure.tsx';
import { Page } from '../kit/Page.tsx';
import { createPath } from '../kit/RecordLink.tsx';
import { Waiting } from '../kit/Waiting.tsx';
import { useFailed } from '../kit/write.tsx';
import { CellEditor } from './CellEditor.tsx';
import { Legend } from './CellMark.tsx';
import { cellOf, type Cell } from './cells.ts';
import { MatrixGrid } from './MatrixGrid.tsx';
import { RolePermissionFilters, RolePermissions } from './RolePermissions.tsx';
import { matrixLines } from './rows.ts';
import { useGrants } from './useGrants.ts';
import { usePolicy, type PolicyRows } from './usePolicy.ts';

/** The filters of the matrix, in the URL. */
function useMatrixFilters() {
  const [params, setParams] = useSearchParams();
  const edit = (make: (next: URLSearchParams) => void) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        make(next);
        return next;
      },
      { replace: true },
    );
  const set = (key: string, value: string) => edit((next) => (value ? next.set(key, value) : next.delete(key)));
  // At once: a second edit in the same turn would begin from the same parameters.
  const clear = (...keys: string[]) => edit((next) => keys.forEach((key) => next.delete(key)));
  return { get: (key: string) => params.get(key) ?? '', set, clear };
}

type Filters = ReturnType<typeof useMatrixFilters>;

function OwnSwitch({ filters }: { filters: Filters }) {
  const own = filters.get('own') === '1';
  return (
    <FormControlLabel
      control={<Switch size="small" checked={own} onChange={() => filters.set('own', own ? '' : '1')} />}
      label="Show Licet’s own"
      slotProps={{ typography: { sx: { fontSize: 14 } } }}
    />
  );
}

function Narrow({ data, filters }: { data: PolicyRows; filters: Filters }) {
  const own = filters.get('own') === '1';
  const roles = data.roles.filter(({ builtIn }) => own || !builtIn);
  const role = roles.find(({ id }) => id === filters.get('role'))?.id ?? roles[0]?.id ?? '';
  return (
    <Card>
      <Box sx={{ p: 1.5, display: 'grid', gap: 1 }}>
        <Typography variant="body2" color="textSecondary">
          The whole grid needs a wider screen. Here is one role at a time.
        </Typography>
        <TextField select label="Role" value={role} onChange={(event) => filters.set('role', event.target.value)} fullWidth>
          {roles.map(({ id }) => (
            <MenuItem key={id} value={id}>
              {id}
            </MenuItem>
          ))}
        </TextField>
        <OwnSwitch filters={filters} />
      </Box>
      <RolePermissionFilters
        text={filters.get('permissions')}
        onText={(text) => filters.set('permissions', text)}
        all={filters.get('all') !== '0'}
        onAll={(all) => filters.set('all', all ? '' : '0')}
      />
      <RolePermissions role={role} data={data} showOwn={own} all={filters.get('all') !== '0'} text={filters.get('permissions')} />
    </Card>
  );
}

function Wide({ data, filters }: { data: PolicyRows; filters: Filters }) {
  const own = filters.get('own') === '1';
  const roleText = filters.get('roles').trim().toLowerCase();
  const permissionText = filters.get('permissions');
  const can = useCan();
  const failed = useFailed();
  const notify = useNotify();
  const { add, change, remove } = useGrants();
  const [open, setOpen] = useState<{ role: string; permission: string; anchor: HTMLElement } | null>(null);
  const roles = useMemo(
    () =>
      data.roles
        .filter(({ id, name, builtIn }) => (own || !builtIn) && `${id} ${name}`.toLowerCase().includes(roleText))
        .map(({ id }) => id),
    [data.roles, own, roleText],
  );
  const lines = useMemo(
    () => matrixLines(own ? data.permissions : data.permissions.filter(({ builtIn }) => !builtIn), data.grants, permissionText),
    [data.permissions, data.grants, own, permissionText],
  );
  const cell = open && cellOf(data.policy, open.role, open.permission);
  const onOpen = ({ role, permission }: Cell, anchor: HTMLElement) => setOpen({ role, permission, anchor });
  const saving = useRef(new Set<string>());
  const onQuick = ({ role, permission, own: grants }: Cell, wanted: 'allow' | 'deny' | 'none') => {
    if (!can('licet.grant:update')) return;
    if (grants.length > 1) return notify('Several rules stand in this cell: press Enter to see them.', { type: 'info' });
    const key = `${role} ${permission}`;
    // What the cell holds is known again when the write before has come back: another now would be about what it held.
    if (saving.current.has(key)) return notify('The cell is still being saved: press the key again.', { type: 'info' });
    const write = writeOf(role, permission, grants[0], wanted);
    if (!write) return;
    saving.current.add(key);
    write.catch(failed).finally(() => saving.current.delete(key));
  };
  const writeOf = (role: string, permission: string, grant: Cell['own'][number] | undefined, wanted: 'allow' | 'deny' | 'none') => {
    if (wanted === 'none') return grant && remove(grant, '');
    if (!grant) return add(role, permission, { effect: wanted, condition: null }, '');
    return grant.effect === wanted ? undefined : change(grant, { effect: wanted, condition: grant.condition }, '');
  };
  return (
    <Card>
      <Box
        role="search"
        sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center', p: 1.5, borderBottom: 1, borderColor: 'divider' }}
      >
        <TextField label="Filter permissions" value={permissionText} onChange={(event) => filters.set('permissions', event.target.value)} />
        <TextField label="Filter roles" value={filters.get('roles')} onChange={(event) => filters.set('roles', event.target.value)} />
        <OwnSwitch filters={filters} />
      </Box>
      <Box
        sx={{
          px: 2,
          py: 1,
          borderBottom: 1,
          borderColor: 'divider',
          display: 'flex',
          flexWrap: 'wrap',
          gap: 1,
          justifyContent: 'space-between',
        }}
      >
        <Legend />
        <Typography variant="body2" color="textSecondary">
          Arrow keys move · Enter opens{can('licet.grant:update') && ' · A allow, D deny, N none'}
        </Typography>
      </Box>
      {roles.length && lines.length ? (
        <MatrixGrid lines={lines} roles={roles} policy={data.policy} onOpen={onOpen} onQuick={onQuick} />
      ) : (
        <EmptyState
          title="Nothing matches"
          actions={
            <Button variant="outlined" onClick={() => filters.clear('roles', 'permissions')}>
              Clear filters
            </Button>
          }
        />
      )}
      {open && cell && (
        <Popover
          open
          anchorEl={open.anchor}
          onClose={() => setOpen(null)}
          anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
          transformOrigin={{ vertical: 'top', horizontal: 'center' }}
          slotProps={{ paper: { role: 'dialog', 'aria-labelledby': 'cell-title' } }}
        >
          <CellEditor cell={cell} onDone={() => setOpen(null)} />
        </Popover>
      )}
    </Card>
  );
}

function Contents() {
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'), { noSsr: true });
  const filters = useMatrixFilters();
  const { data, error, retry } = usePolicy();
  if (!data) return error ? <Failure title="The policy could not be read" error={error} onRetry={retry} /> : <Waiting />;
  const own = filters.get('own') === '1';
  const roles = data.roles.some(({ builtIn }) => own || !builtIn);
  const types = data.permissions.some(({ builtIn }) => own || !builtIn);
  if (!roles || !types) {
    return (
      <Card>
        <EmptyState
          icon={GridIcon}
          title="Nothing to grant yet"
          actions={
            <>
              {!types && (
                <Can permission="licet.resource-type:create">
                  <Button component={Link} to={createPath('resource-types')} variant="contained">
                    Create a resource type
                  </Button>
                </Can>
              )}
              <Can permission="licet.role:create">
                <Button component={Link} to={createPath('roles')} variant={types ? 'contained' : 'outlined'}>
                  Create a role
                </Button>
              </Can>
              <OwnSwitch filters={filters} />
            </>
          }
        >
          The matrix shows what each role may do with each resource type. It needs at least one of each.
        </EmptyState>
      </Card>
    );
  }
  return narrow ? <Narrow data={data} filters={filters} /> : <Wide data={data} filters={filters} />;
}

/** Roles by permissions: read a role at a glance, and edit grants one by one. */
export function MatrixPage() {
  const can = useCan();
  return (
    <Page title="Permission matrix" lead="What each role may do. Every edit is saved at once, as a revision of its own, and can be undone.">
      {can('licet.grant:read') ? <Contents /> : <EmptyState title="Not allowed">You need the permission licet.grant:read.</EmptyState>}
    </Page>
  );
}
