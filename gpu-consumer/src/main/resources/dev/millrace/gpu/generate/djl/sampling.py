# Chooses the next tokens, on the device. `logits` is float32, one row for each sequence that draws, one column for each
# token of the tokenizer. `counts`, `ints` and `floats` are the step's Draw; `state` lives as long as the model and is
# the sampler's own. Returns an int64 and a float32 tensor, which reach Java as StepResult's ints and floats.
#
# No row's answer depends on the rows beside it: how wide a row is sorted follows from its own parameters alone, kept
# sets are bounded by values (equal logits are kept or dropped together), and the noise of a token is a hash of the
# row's key and the token's id.

# 32 random-looking bits of 32 bits, in int64 so that no product overflows.
def mixed(h: Tensor) -> Tensor:
  h = torch.bitwise_xor(h, torch.bitwise_right_shift(h, 16))
  h = torch.bitwise_and(h * 569420461, 4294967295)
  h = torch.bitwise_xor(h, torch.bitwise_right_shift(h, 15))
  h = torch.bitwise_and(h * 1935289751, 4294967295)
  return torch.bitwise_xor(h, torch.bitwise_right_shift(h, 15))

# Gumbel noise: the argmax of log p + noise is a draw from p.
def noise(ids: Tensor, key_a: Tensor, key_b: Tensor) -> Tensor:
  a = torch.bitwise_and(key_a.to(4), 4294967295).unsqueeze(1)
  b = torch.bitwise_and(key_b.to(4), 4294967295).unsqueeze(1)
  h = __torch__.sampling.mixed(torch.bitwise_and(ids * 506952113 + a, 4294967295))
  h = __torch__.sampling.mixed(torch.bitwise_xor(h, b))
  uniform = (h.to(7) + 0.5) / 4294967296.0
  return -torch.log(-torch.log(uniform))

# Draws among the `width` best of each row. The second result says where those did not hold top_p's mass.
def draw_sorted(x: Tensor, width: int, top_k: Tensor, key_a: Tensor, key_b: Tensor, temperature: Tensor, top_p: Tensor, min_p: Tensor) -> Tuple[Tensor, Tensor]:
  best = torch.topk(x, width, 1)
  z = best[0].to(7) / temperature.unsqueeze(1)
  k = torch.where(top_k > 0, top_k.to(4), torch.full_like(top_k, width).to(4)).clamp(1, width)
  keep = z >= z.gather(1, (k - 1).unsqueeze(1))
  total = torch.logsumexp(torch.where(keep, z, torch.full_like(z, -float("inf"))), 1)
  if width < x.size(1):
    whole = torch.logsumexp(x.to(7) / temperature.unsqueeze(1), 1)
    total = torch.where(top_k > 0, total, whole)
  p = torch.where(keep, torch.exp(z - total.unsqueeze(1)), torch.zeros_like(z))
  mass = torch.cumsum(p, 1)
  needed = ((mass - p) < top_p.unsqueeze(1)).to(4).sum(1)
  keep = torch.logical_and(keep, z >= z.gather(1, (needed.clamp(1, width) - 1).unsqueeze(1)))
  keep = torch.logical_and(keep, z >= z[:, :1] + torch.log(min_p.to(7)).unsqueeze(1))
  score = torch.where(keep, z + __torch__.sampling.noise(best[1], key_a, key_b), torch.full_like(z, -float("inf")))
  chosen = best[1].gather(1, torch.argmax(score, 1, True)).squeeze(1)
  short = torch.logical_and(top_k == 0, torch.logical_and(top_p < 1.0, mass[:, -1] < top_p))
  return (chosen, short)

# Draws among all tokens of each row.
def draw_unsorted(x: Tensor, key_a: Tensor, key_b: Tensor, temperature: Tensor, min_p: Tensor) -> Tensor:
  z = x.to(7) / temperature.unsqueeze(1)
  keep = z >= torch.amax(z, 1, True) + torch.log(min_p.to(7)).unsqueeze(1)
  ids = torch.arange(x.size(1), device=x.device).unsqueeze(0)
  score = torch.where(keep, z + __torch__.sampling.noise(ids, key_a, key_b), torch.full_like(z, -float("inf")))
  return torch.argmax(score, 1)

# counts: edits, masks, words a mask, rows for each way of drawing (64 best, 1024 best, all sorted, all unsorted),
# rows with log probabilities, alternatives beside each.
def sample(logits: Tensor, state: Dict[str, Tensor], counts: List[int], ints: Tensor, floats: Tensor) -> Tuple[Tensor, Tensor]:
  if len(counts) == 0:
    return (torch.argmax(logits, 1), floats)
  vocabulary = logits.size(1)
  edits, masks, words, told, beside = counts[0], counts[1], counts[2], counts[7], counts[8]
  i = 0
  f = 0

  told_rows = ints[i:i + told].to(4)
  i += told
  told_logprobs = torch.log_softmax(logits.index_select(0, told_rows), 1)

  if edits > 0:
    where = [ints[i:i + edits].to(4), ints[i + edits:i + 2 * edits].to(4)]
    i += 2 * edits
    divide = floats[f:f + edits]
    add = floats[f + edits:f + 2 * edits]
    f += 2 * edits
    x = logits[where[0], where[1]]
    x = torch.where(x > 0, x / divide, x * divide) + add
    logits = torch.index_put(logits, [where[0], where[1]], x)

  if masks > 0:
    rows = ints[i:i + masks].to(4)
    packed = ints[i + masks:i + masks + masks * words].view(masks, words, 1)
    i += masks + masks * words
    bits = torch.bitwise_and(torch.bitwise_right_shift(packed, torch.arange(32, device=ints.device, dtype=3)), 1)
    allowed = bits.view(masks, words * 32)[:, :vocabulary] == 1
    masked = torch.where(allowed, logits.index_select(0, rows), torch.full([1], -float("inf"), device=logits.device))
    logits = torch.index_copy(logits, 0, rows, masked)

  chosen = torch.argmax(logits, 1)
  widths = [64, 1024, vocabulary, vocabulary]
  for way in range(4):
    n = counts[3 + way]
    if n > 0:
      rows = ints[i:i + n].to(4)
      top_k = ints[i + n:i + 2 * n]
      key_a = ints[i + 2 * n:i + 3 * n]
      key_b = ints[i + 3 * n:i + 4 * n]
      i += 4 * n
      temperature = floats[f:f + n].to(7)
      top_p = floats[f + n:f + 2 * n].to(7)
      min_p = floats[f + 2 * n:f + 3 * n]
      f += 3 * n
      x = logits.index_select(0, rows)
      if way == 3:
        drawn = __torch__.sampling.draw_unsorted(x, key_a, key_b, temperature, min_p)
      else:
        width = min(widths[way], vocabulary)
        drawn, short = __torch__.sampling.draw_sorted(x, width, top_k, key_a, key_b, temperature, top_p, min_p)
        if way == 1 and width < vocabulary and bool(short.any()):
          again = torch.nonzero(short).squeeze(1)
          wide, _ = __torch__.sampling.draw_sorted(x[again], vocabulary, top_k[again], key_a[again], key_b[again], temperature[again], top_p[again], min_p[again])
          drawn = torch.index_copy(drawn, 0, again, wide)
      chosen = torch.index_copy(chosen, 0, rows, drawn)

  if told == 0:
    return (chosen, floats[:0])
  own = told_logprobs.gather(1, chosen.index_select(0, told_rows).unsqueeze(1)).squeeze(1)
  top = torch.topk(told_logprobs, min(beside, vocabulary), 1)
  return (torch.cat([chosen, top[1].reshape(-1)]), torch.cat([own, top[0].reshape(-1)]))
