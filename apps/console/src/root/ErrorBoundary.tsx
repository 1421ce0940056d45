import { Component, type ReactNode } from 'react';
import { Failure } from '../kit/Failure.tsx';

interface Props {
  children: ReactNode;
  /** A fault is forgotten when this changes. */
  page: string;
}

/** Keeps a fault in one page from taking the navigation with it. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (this.state.error && before.page !== this.props.page) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    return error ? <Failure title="This page could not be shown" error={error} onRetry={() => location.reload()} /> : this.props.children;
  }
}
