import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

/** A page that is loaded when it is opened. */
export function screen<K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K): LazyExoticComponent<ComponentType> {
  return lazy(() => load().then((module) => ({ default: module[name] })));
}
