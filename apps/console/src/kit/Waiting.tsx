import { Box, Skeleton } from '@mui/material';
import { useEffect, useState } from 'react';

/** Grey bars in place of content, shown only when it takes longer than a blink. */
export function Waiting({ lines = 6 }: { lines?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return <Box sx={{ minHeight: 200 }} aria-busy="true" />;
  return (
    <Box role="status" aria-label="Loading" sx={{ display: 'grid', gap: 1.25, py: 1 }}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} variant="rounded" height={index ? 30 : 38} width={index ? `${94 - index * 7}%` : 240} />
      ))}
    </Box>
  );
}
