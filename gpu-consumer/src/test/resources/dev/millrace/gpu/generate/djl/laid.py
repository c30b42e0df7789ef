# A feed-forward layer of 128 numbers with weights that are made here, its matrices in a form as `linear.py` has them.

def mlp(form: int) -> __torch__.experts.Mlp:
  places = annotate(Dict[str, List[int]], {})
  places["m.gate_proj.weight"] = [0, 15, 2, 0, 65536, 256, 128]
  places["m.up_proj.weight"] = [0, 15, 2, 65536, 131072, 256, 128]
  places["m.down_proj.weight"] = [0, 15, 2, 131072, 196608, 128, 256]
  weights = __torch__.weights.Weights(annotate(List[str], []), annotate(List[int], []), places, "cpu", 15, 0, 0)
  weights.maps["0 15"] = torch.to(torch.randn([98304]), 15)
  return __torch__.experts.Mlp(weights, "m", form)
