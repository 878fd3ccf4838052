import CKACore
import Compute
import Glibc

/// A Python tool for CKA, run with its own code on arrays that stand in memory.
struct BenchPeers {
  /// Its name as a column of the report has it.
  var title: String
  /// What to install.
  var package: String
  /// Python that defines `measure(first, second, loader)`, which returns nothing.
  private var call: String
  private var isSlow: Bool

  static let all = [
    BenchPeers(
      title: "torch_cka, its CKA part   ", package: "torch_cka",
      call: """
        from torch_cka import CKA
        def measure(first, second, loader):
            names = [[n for n, _ in m.named_modules() if n] for m in (first, second)]
            CKA(first, second, "a", "b", names[0], names[1], device="cpu").compare(loader, loader)
        """, isSlow: true),
    BenchPeers(
      title: "pytorch-cka, its CKA part ", package: "pytorch-cka",
      call: """
        from cka import compute_cka
        def measure(first, second, loader):
            compute_cka(first, second, loader, device="cpu", progress=False)
        """, isSlow: false),
  ]

  /// The median seconds of its runs; nil when `python` cannot run it.
  func measure(
    _ inputs: BenchActivations, python: String, runs: Int
  ) throws(ComputeError) -> Double? {
    let count = isSlow ? 1 : runs
    let script = "\(call)\n\(Self.harness)"
    let silence = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(silence) }
    let child: ChildProcess
    do {
      child = try ChildProcess(
        [python, "-W", "ignore", "-c", script, "\(count)"] + inputs.paths, complaints: silence)
    } catch {
      return nil
    }
    let text = BenchProcess.readAll(child.output)
    guard child.wait().status == 0 else { return nil }
    let times = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    return times.isEmpty ? nil : Statistics.quantile(0.5, of: times.sorted())
  }

  /// Modules that hand out stored arrays, one after another, so that the tool's hooks find them.
  private static let harness = """
    import json, struct, sys, time
    import numpy, torch

    def arrays(path):
        with open(path, "rb") as file:
            size = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(size))
            data = numpy.fromfile(file, dtype="<f4")
        for entry in header.values():
            start, end = (offset // 4 for offset in entry["data_offsets"])
            yield torch.from_numpy(data[start:end].reshape(entry["shape"]))

    class Stored(torch.nn.Module):
        def __init__(self, path):
            super().__init__()
            self.arrays = list(arrays(path))
            for index in range(len(self.arrays)):
                self.add_module(f"layer{index}", torch.nn.Identity())
        def forward(self, x):
            for module, array in zip(self.children(), self.arrays):
                module(array)
            return x

    samples = 128
    data = torch.utils.data.TensorDataset(torch.zeros(samples, 1))
    loader = torch.utils.data.DataLoader(data, batch_size=samples)
    models = [Stored(path) for path in sys.argv[2:]]
    with torch.inference_mode():
        for _ in range(int(sys.argv[1])):
            start = time.perf_counter()
            measure(*models, loader)
            print(time.perf_counter() - start)
    """
}
