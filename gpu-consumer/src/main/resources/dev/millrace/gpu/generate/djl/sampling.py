# Chooses the next tokens, on the device. `logits` is float32, one row for each sequence that draws, one column for each
# token of the tokenizer. `counts`, `ints` and `floats` are the step's Draw; `state` lives as long as the model and is
# the sampler's own. Returns an int64 and a float32 tensor, which reach Java as StepResult's ints and floats.

def sample(logits: Tensor, state: Dict[str, Tensor], counts: List[int], ints: Tensor, floats: Tensor) -> Tuple[Tensor, Tensor]:
  return (torch.argmax(logits, 1), floats)
