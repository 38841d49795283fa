"""Batches of a data set, shuffled, fetched ahead by threads, with a progress display."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from runtime.errors import MissingExtra
from runtime.generator import Generator
from runtime.utils.data.collate import default_collate
from runtime.utils.data.dataset import IterableDataset
from runtime.utils.data.sampling import BatchSampler, RandomSampler, SequentialSampler


class DataLoader:
    """Runs through a data set in batches, each time anew.

    `shuffle` takes the elements in a new order at every run, drawn from `generator` or the default one. `batch_size`
    None gives single elements. `num_workers` threads fetch batches ahead, in order, at most `prefetch_factor` (2) each.
    `progress` shows a bar with that text (True for none); `report(loss=...)` puts numbers beside it. `pin_memory` and
    `persistent_workers` change nothing: all memory is the CPU's, and threads are quick to start.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool = False,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        drop_last: bool = False,
        generator: Generator | None = None,
        prefetch_factor: int | None = None,
        *,
        pin_memory: bool = False,
        persistent_workers: bool = False,
        progress: bool | str = False,
    ) -> None:
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, drop_last")
        if isinstance(dataset, IterableDataset) and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError("an IterableDataset has its own order")
        self.dataset = dataset
        self.batch_size = None if batch_sampler is not None else batch_size
        self.drop_last = drop_last
        self.num_workers = num_workers
        self.collate_fn = collate_fn
        self.generator = generator
        self.prefetch_factor = prefetch_factor
        self.pin_memory = pin_memory
        self.persistent_workers = persistent_workers
        self.progress = progress
        self._bar: Any = None
        self.sampler: Any = sampler
        if sampler is None and not isinstance(dataset, IterableDataset):
            self.sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        self.batch_sampler: Any = batch_sampler
        if batch_sampler is None and batch_size is not None and self.sampler is not None:
            self.batch_sampler = BatchSampler(self.sampler, batch_size, drop_last)

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset):
            count = len(self.dataset)  # type: ignore[arg-type]
            if self.batch_size is None:
                return count
            return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
        return len(self.batch_sampler if self.batch_sampler is not None else self.sampler)

    def __iter__(self) -> Iterator[Any]:
        batches = self._batches()
        return self._shown(batches) if self.progress else batches

    def report(self, **numbers: Any) -> None:
        """Show numbers beside the progress bar of the run that is going on; nothing where none is shown."""
        if self._bar is not None:
            self._bar.set_postfix(numbers)

    def _batches(self) -> Iterator[Any]:
        if isinstance(self.dataset, IterableDataset):
            return self._from_stream()
        groups = iter(self.sampler if self.batch_sampler is None else self.batch_sampler)
        return self._ahead(groups) if self.num_workers else map(self._fetch, groups)

    def _fetch(self, group: Any) -> Any:
        """One batch by the numbers of its elements, or one element by its number."""
        if self.batch_sampler is None:
            sample = self.dataset[group]
            return sample if self.collate_fn is None else self.collate_fn(sample)
        if self.collate_fn is None and hasattr(self.dataset, "batch"):
            return self.dataset.batch(group)
        return (self.collate_fn or default_collate)([self.dataset[number] for number in group])

    def _from_stream(self) -> Iterator[Any]:
        samples = iter(self.dataset)
        if self.batch_size is None:
            yield from samples if self.collate_fn is None else map(self.collate_fn, samples)
            return
        for group in BatchSampler(samples, self.batch_size, self.drop_last):
            yield (self.collate_fn or default_collate)(group)

    def _ahead(self, groups: Iterator[Any]) -> Iterator[Any]:
        """Batches fetched by threads, at most `prefetch_factor` a thread at once, in order."""
        waiting: deque[Future[Any]] = deque()
        with ThreadPoolExecutor(self.num_workers) as pool:
            for group in groups:
                waiting.append(pool.submit(self._fetch, group))
                if len(waiting) >= self.num_workers * (self.prefetch_factor or 2):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _shown(self, batches: Iterator[Any]) -> Iterator[Any]:
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise MissingExtra(
                "the progress display needs the library `tqdm`, which is not installed",
                "Install it with: pip install 'sourcead[progress]'",
            ) from None
        text = self.progress if isinstance(self.progress, str) else None
        known = not isinstance(self.dataset, IterableDataset) or hasattr(self.dataset, "__len__")
        with tqdm(batches, desc=text, total=len(self) if known else None, leave=False) as self._bar:
            yield from self._bar
        self._bar = None
