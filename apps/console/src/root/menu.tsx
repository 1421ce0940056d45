import type { ReservedPermission } from '@licet/contract';
import type { SvgIconComponent } from '@mui/icons-material';
import ApartmentIcon from '@mui/icons-material/ApartmentOutlined';
import AssignmentIcon from '@mui/icons-material/AssignmentIndOutlined';
import CategoryIcon from '@mui/icons-material/CategoryOutlined';
import GridIcon from '@mui/icons-material/GridOnOutlined';
import GroupsIcon from '@mui/icons-material/GroupsOutlined';
import HistoryIcon from '@mui/icons-material/HistoryOutlined';
import HomeIcon from '@mui/icons-material/HomeOutlined';
import KeyIcon from '@mui/icons-material/VpnKeyOutlined';
import LayersIcon from '@mui/icons-material/LayersOutlined';
import OperatorIcon from '@mui/icons-material/AdminPanelSettingsOutlined';
import PolicyIcon from '@mui/icons-material/PolicyOutlined';
import PersonIcon from '@mui/icons-material/PersonOutlined';
import RuleIcon from '@mui/icons-material/RuleOutlined';
import ShieldIcon from '@mui/icons-material/ShieldOutlined';
import AskIcon from '@mui/icons-material/HelpOutlineOutlined';
import FactCheckIcon from '@mui/icons-material/FactCheckOutlined';

export interface MenuEntry {
  to: string;
  label: string;
  icon: SvgIconComponent;
  permission?: ReservedPermission;
}

export interface MenuGroup {
  label: string | null;
  entries: MenuEntry[];
}

export const MENU: MenuGroup[] = [
  { label: null, entries: [{ to: '/', label: 'Home', icon: HomeIcon }] },
  {
    label: 'Policy',
    entries: [
      { to: '/roles', label: 'Roles', icon: ShieldIcon, permission: 'licet.role:read' },
      { to: '/matrix', label: 'Permission matrix', icon: GridIcon, permission: 'licet.grant:read' },
      { to: '/resource-types', label: 'Resource types', icon: CategoryIcon, permission: 'licet.resource-type:read' },
      { to: '/conditions', label: 'Conditions', icon: RuleIcon, permission: 'licet.condition:read' },
      { to: '/resources', label: 'Resources', icon: LayersIcon, permission: 'licet.resource:read' },
    ],
  },
  {
    label: 'People',
    entries: [
      { to: '/users', label: 'Users', icon: PersonIcon, permission: 'licet.user:read' },
      { to: '/groups', label: 'Groups', icon: GroupsIcon, permission: 'licet.group:read' },
      { to: '/assignments', label: 'Assignments', icon: AssignmentIcon, permission: 'licet.assignment:read' },
      { to: '/tenants', label: 'Tenants', icon: ApartmentIcon, permission: 'licet.tenant:read' },
      { to: '/operators', label: 'Operators', icon: OperatorIcon, permission: 'licet.operator:read' },
    ],
  },
  {
    label: 'Evidence',
    entries: [
      { to: '/ask', label: 'Ask', icon: AskIcon, permission: 'licet.decision:explain' },
      { to: '/decisions', label: 'Decision log', icon: FactCheckIcon, permission: 'licet.decision:read' },
      { to: '/audit-entries', label: 'Audit trail', icon: HistoryIcon, permission: 'licet.audit-entry:read' },
      { to: '/security-events', label: 'Security events', icon: PolicyIcon, permission: 'licet.audit-entry:read' },
    ],
  },
  { label: 'Connect', entries: [{ to: '/api-keys', label: 'Apps & keys', icon: KeyIcon, permission: 'licet.api-key:read' }] },
];

/** Whether an entry is the page that is open. */
export const isOpen = (to: string, pathname: string) => (to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`));
