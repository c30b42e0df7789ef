# Chooses the next tokens, on the device. `logits` is float32, one row for each sequence that draws, one column for each
# token of the tokenizer, and is changed in place. `counts`, `ints` and `floats` are the step's Draw; `state` lives as
# long as the model and is the sampler's own. Returns an int64 and a float32 tensor, which reach Java as StepResult's
# ints and floats.
#
# No row's answer depends on the rows beside it: how many of its tokens are looked at follows from its own parameters
# and logits, kept sets are bounded by values (equal logits are kept or dropped together), and the noise of a token is a
# hash of the row's key and the token's id.
#
# A vocabulary is large and what is likely of it is not. So the best are found block by block, and where all tokens may
# be drawn, the few best compete with all the rest as one: only if that wins is the rest looked at token by token.

# 32 random-looking bits of 32 bits, in place; products wrap. Right shifts bring the sign along, hence the masks.
def mix(h: Tensor) -> Tensor:
  h.bitwise_xor_(torch.bitwise_right_shift(h, 16).bitwise_and_(65535))
  h.mul_(569420461)
  h.bitwise_xor_(torch.bitwise_right_shift(h, 15).bitwise_and_(131071))
  h.mul_(1935289751)
  return h.bitwise_xor_(torch.bitwise_right_shift(h, 15).bitwise_and_(131071))

# Gumbel noise: the argmax of log p + noise is a draw from p. It falls fine where it is great, so that what is unlikely
# is not drawn too rarely.
def noise(ids: Tensor, key_a: Tensor, key_b: Tensor) -> Tensor:
  h = __torch__.sampling.mix(torch.mul(ids.to(3), 506952113) + key_a.unsqueeze(1))
  h = __torch__.sampling.mix(h.bitwise_xor_(key_b.unsqueeze(1)))
  uniform = h.bitwise_and_(2147483647).to(6).add_(0.5).mul_(4.656612873077393e-10)
  return uniform.neg_().log1p_().neg_().log_().neg_()

# The likeliest token of each row; of equal ones the first. A GPU is asked once for all.
def likeliest(x: Tensor) -> Tensor:
  width = x.size(1)
  blocks = width // 128
  if blocks < 2 or x.is_cuda:
    return torch.argmax(x, 1)
  most = torch.amax(x[:, :blocks * 128].view([x.size(0), blocks, 128]), [2])
  if width % 128 > 0:
    most = torch.cat([most, torch.amax(x[:, blocks * 128:], [1], True)], 1)
  ids = torch.argmax(most, 1, True) * 128 + torch.arange(128, device=x.device)
  ids = ids.clamp_(0, width - 1)
  return ids.gather(1, torch.argmax(x.gather(1, ids), 1, True)).squeeze(1)

# The `k` greatest of each row, greatest first, and their ids: they lie in the k blocks with the greatest maxima.
def best(x: Tensor, k: int) -> Tuple[Tensor, Tensor]:
  rows = x.size(0)
  size = 16
  if k <= 64:
    size = 128
  blocks = x.size(1) // size
  if blocks < 2 * k:
    values, ids = torch.topk(x, k, 1)
    return (values, ids)
  parts = x[:, :blocks * size].view([rows, blocks, size])
  among = torch.topk(torch.amax(parts, [2]), k, 1, True, False)[1]
  some = torch.gather(parts, 1, among.unsqueeze(2).expand([rows, k, size])).view([rows, k * size])
  ids = (among.unsqueeze(2) * size + torch.arange(size, device=x.device)).view([rows, k * size])
  if x.size(1) % size > 0:
    last = torch.arange(blocks * size, x.size(1), device=x.device)
    some = torch.cat([some, x[:, blocks * size:]], 1)
    ids = torch.cat([ids, last.expand([rows, last.size(0)])], 1)
  values, places = torch.topk(some, k, 1)
  return (values, ids.gather(1, places))

# log of the sum of exp((x - most) / temperature), each row's.
def mass(x: Tensor, most: Tensor, temperature: Tensor) -> Tensor:
  return torch.sub(x, most).div_(temperature.to(6).unsqueeze(1)).exp_().sum([1]).to(7).log_()

# Draws among the `width` best of each row. `total` is what they are measured by where the rows have no top_k, else
# their own; the last result is how much of it they hold.
def draw_best(values: Tensor, ids: Tensor, total: Optional[Tensor], top_k: Tensor, key_a: Tensor, key_b: Tensor, temperature: Tensor, top_p: Tensor, min_p: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  width = values.size(1)
  z = (values.to(7) - values[:, :1].to(7)) / temperature.unsqueeze(1)
  keep = z > -float("inf")
  if total is None:
    keep = torch.logical_and(keep, z >= z.gather(1, (top_k.to(4).clamp(1, width) - 1).unsqueeze(1)))
    p = torch.softmax(torch.where(keep, z, torch.full_like(z, -float("inf"))), 1)
  else:
    p = torch.exp(z - total.unsqueeze(1))
  held = torch.cumsum(p, 1)
  needed = ((held - p) < top_p.unsqueeze(1)).to(4).sum([1])
  keep = torch.logical_and(keep, z >= z.gather(1, (needed.clamp(1, width) - 1).unsqueeze(1)))
  keep = torch.logical_and(keep, z >= torch.log(min_p.to(7)).unsqueeze(1))
  score = torch.where(keep, z + __torch__.sampling.noise(ids, key_a, key_b), torch.full_like(z, -float("inf")))
  most, place = torch.max(score, 1, True)
  return (ids.gather(1, place).squeeze(1), most.squeeze(1), held[:, -1])

# Draws among the tokens beside the `best` ones, which have had their chance; what was drawn of those stays where there
# are no others. With a min_p, among all that it keeps.
def draw_rest(x: Tensor, most: Tensor, drawn: Tensor, best: Tensor, key_a: Tensor, key_b: Tensor, temperature: Tensor, min_p: Tensor) -> Tensor:
  z = torch.sub(x, most).div_(temperature.to(6).unsqueeze(1))
  z.masked_fill_(z < torch.log(min_p).unsqueeze(1), -float("inf"))
  again = (min_p > 0).unsqueeze(1)
  z.scatter_(1, best, torch.where(again, z.gather(1, best), torch.full([1], -float("inf"), device=x.device)))
  z.add_(__torch__.sampling.noise(torch.arange(x.size(1), device=x.device).unsqueeze(0), key_a, key_b))
  other = __torch__.sampling.likeliest(z)
  return torch.where(torch.isinf(z.gather(1, other.unsqueeze(1)).squeeze(1)), drawn, other)

# Draws for rows without a top_k: among the few best where those suffice, else among more.
def draw_open(x: Tensor, key_a: Tensor, key_b: Tensor, temperature: Tensor, top_p: Tensor, min_p: Tensor) -> Tensor:
  vocabulary = x.size(1)
  none = torch.zeros_like(key_a)
  values, ids = __torch__.sampling.best(x, min(64, vocabulary))
  total = __torch__.sampling.mass(x, values[:, :1], temperature)
  drawn, score, held = __torch__.sampling.draw_best(values, ids, total, none, key_a, key_b, temperature, top_p, min_p)
  # Where min_p cuts within the best, nothing beyond them counts; with one, `others` holds more than it keeps.
  least = (values[:, -1].to(7) - values[:, 0].to(7)) / temperature
  beyond = torch.logical_and(least > -float("inf"), least >= torch.log(min_p.to(7)))
  others = total + torch.log((1.0 - held).clamp_min(0.0))
  others = others + __torch__.sampling.noise(torch.full_like(ids[:, :1], vocabulary), key_a, key_b).squeeze(1)
  nucleus = top_p < 1.0
  short = torch.where(nucleus, held < top_p, torch.logical_or(min_p > 0, others > score))
  short = torch.logical_and(short, beyond)
  if ids.size(1) == vocabulary or not bool(short.any()):
    return drawn

  again = torch.nonzero(torch.logical_and(short, torch.logical_not(nucleus))).squeeze(1)
  if again.size(0) > 0:
    rest = __torch__.sampling.draw_rest(x[again], values[again, :1], drawn[again], ids[again], key_a[again], key_b[again], temperature[again], min_p[again])
    drawn = torch.index_copy(drawn, 0, again, rest)
  again = torch.nonzero(torch.logical_and(short, nucleus)).squeeze(1)
  for width in [1024, 16384, vocabulary]:
    if again.size(0) > 0:
      more, more_ids = __torch__.sampling.best(x[again], min(width, vocabulary))
      wide, _, held = __torch__.sampling.draw_best(more, more_ids, total[again], none[again], key_a[again], key_b[again], temperature[again], top_p[again], min_p[again])
      drawn = torch.index_copy(drawn, 0, again, wide)
      again = again[held < top_p[again]]
  return drawn

# Leaves only the `top_k` best of each row, and those that equal the last of them: too many to be sorted.
def cut(x: Tensor, top_k: Tensor) -> Tensor:
  least = annotate(List[Tensor], [])
  for i in range(x.size(0)):
    value, _ = torch.kthvalue(x[i], x.size(1) - int(top_k[i]) + 1)
    least.append(value)
  return x.masked_fill(x < torch.stack(least).unsqueeze(1), -float("inf"))

# Bars what the masks do not allow: a bit a token, a table's row a byte.
def mask(logits: Tensor, state: Dict[str, Tensor], rows: Tensor, words: Tensor) -> NoneType:
  if "mask" not in state:
    bits = torch.arange(256, device=logits.device).unsqueeze(1)
    bits = torch.bitwise_and(torch.bitwise_right_shift(bits, torch.arange(8, device=logits.device)), 1)
    allowed = torch.zeros([256, 8], device=logits.device)
    state["mask"] = allowed.masked_fill_(bits == 0, -float("inf"))
  octets = torch.arange(0, 32, 8, device=words.device, dtype=3)
  octets = torch.bitwise_right_shift(words.unsqueeze(1), octets).bitwise_and_(255).view([-1])
  barred = torch.index_select(state["mask"], 0, octets).view([rows.size(0), -1])
  logits.index_add_(0, rows, barred[:, :logits.size(1)])
  return None

# The tokens as they were chosen, and -1 for those whose own logit is no number: theirs is the greatest of its row.
def counted(chosen: Tensor, logits: Tensor) -> Tensor:
  own = logits.gather(1, chosen.unsqueeze(1)).squeeze(1)
  return torch.where(own < float("inf"), chosen, -1)

# counts: edits, masks, words a mask, greedy rows, rows for each way of drawing (top_k at most 64, none, at most 1024,
# at most 16384, more), rows with log probabilities, alternatives beside each.
def sample(logits: Tensor, state: Dict[str, Tensor], counts: List[int], ints: Tensor, floats: Tensor) -> Tuple[Tensor, Tensor]:
  if len(counts) == 0:
    return (__torch__.sampling.counted(__torch__.sampling.likeliest(logits), logits), floats)
  vocabulary = logits.size(1)
  edits, masks, words, told, beside = counts[0], counts[1], counts[2], counts[9], counts[10]
  i = 0
  f = 0

  told_rows = ints[i:i + told].to(4)
  i += told
  # What is told is the model's own, before anything changes it.
  raw = logits
  if edits + masks > 0 or told < logits.size(0):
    raw = logits.index_select(0, told_rows)

  if edits > 0:
    where = [ints[i:i + edits].to(4), ints[i + edits:i + 2 * edits].to(4)]
    i += 2 * edits
    divide = floats[f:f + edits]
    add = floats[f + edits:f + 2 * edits]
    f += 2 * edits
    x = logits[where[0], where[1]]
    logits.index_put_([where[0], where[1]], torch.where(x > 0, x / divide, x * divide) + add)

  if masks > 0:
    rows = ints[i:i + masks].to(4)
    __torch__.sampling.mask(logits, state, rows, ints[i + masks:i + masks + masks * words])
    i += masks + masks * words

  chosen = torch.zeros([logits.size(0)], dtype=4, device=logits.device)
  widths = [0, 64, 0, 1024, 16384, 0]
  for way in range(6):
    n = counts[3 + way]
    if n > 0:
      rows = ints[i:i + n].to(4)
      i += n
      x = logits
      if n < logits.size(0):
        x = logits.index_select(0, rows)
      if way == 0:
        drawn = __torch__.sampling.likeliest(x)
      else:
        top_k = ints[i:i + n]
        key_a = ints[i + n:i + 2 * n]
        key_b = ints[i + 2 * n:i + 3 * n]
        i += 3 * n
        temperature = floats[f:f + n].to(7)
        top_p = floats[f + n:f + 2 * n].to(7)
        min_p = floats[f + 2 * n:f + 3 * n]
        f += 3 * n
        if way == 5:
          x = __torch__.sampling.cut(x, top_k)
        if way == 2 or way == 5:
          drawn = __torch__.sampling.draw_open(x, key_a, key_b, temperature, top_p, min_p)
        else:
          values, ids = __torch__.sampling.best(x, min(widths[way], vocabulary))
          drawn, _, _ = __torch__.sampling.draw_best(values, ids, None, top_k, key_a, key_b, temperature, top_p, min_p)
      chosen.index_copy_(0, rows, drawn)

  counted = __torch__.sampling.counted(chosen, logits)
  if told == 0:
    return (counted, floats[:0])
  top, top_ids = __torch__.sampling.best(raw, max(1, min(beside, vocabulary)))
  whole = top[:, :1] + __torch__.sampling.mass(raw, top[:, :1], torch.ones_like(top[:, 0])).to(6).unsqueeze(1)
  own = raw.gather(1, chosen.index_select(0, told_rows).unsqueeze(1)) - whole
  if beside == 0:
    return (counted, own.squeeze(1))
  return (torch.cat([counted, top_ids.reshape(-1)]), torch.cat([own.squeeze(1), (top - whole).reshape(-1)]))
