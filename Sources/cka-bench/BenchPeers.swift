import Core
import Glibc
import Similarity
import System

/// A Python tool for CKA, run with its own code on arrays that stand in memory.
struct BenchPeers {
  /// Its name as a column of the report has it.
  var title: String
  /// Python that defines `measure(first, second, loader)`, which returns nothing.
  private var call: String
  private var isSlow: Bool

  static let all = [
    BenchPeers(
      title: "torch_cka, its CKA part   ",
      call: """
        from torch_cka import CKA
        def measure(first, second, loader):
            names = [[n for n, _ in m.named_modules() if n] for m in (first, second)]
            CKA(first, second, "a", "b", names[0], names[1], device="cpu").compare(loader, loader)
        """, isSlow: true),
    BenchPeers(
      title: "pytorch-cka, its CKA part ",
      call: """
        from cka import compute_cka
        def measure(first, second, loader):
            compute_cka(first, second, loader, device="cpu", progress=False)
        """, isSlow: false),
  ]

  /// The median seconds of its runs.
  /// - Throws: `ComputeError`: why `python` cannot run it, in its own last words.
  func measure(
    _ inputs: BenchActivations, python: String, runs: Int
  ) throws(ComputeError) -> Double {
    let words = "\(inputs.folder)/complaints"
    let complaints = open(words, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer {
      close(complaints)
      unlink(words)
    }
    let script = "\(call)\n\(Self.harness)"
    let child: ChildProcess
    do throws(SystemError) {
      child = try ChildProcess(
        [python, "-W", "ignore", "-c", script, "\(isSlow ? 1 : runs)"] + inputs.paths,
        complaints: complaints)
    } catch {
      throw ComputeError(error)
    }
    let text = Self.text(from: child.output)
    let status = child.wait().status
    let times = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard status == 0, !times.isEmpty else {
      lseek(complaints, 0, SEEK_SET)
      throw Self.failure(status: status, complaints: Self.text(from: complaints))
    }
    return Statistics.quantile(0.5, of: times.sorted())
  }

  private static func text(from descriptor: Int32) -> String {
    String(decoding: (try? Descriptor.all(from: descriptor)) ?? [], as: UTF8.self)
  }

  /// What a Python that ended with `status` complained of last: the exception, after its traceback.
  static func failure(status: Int32, complaints: String) -> ComputeError {
    let last = complaints.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }
    guard let last else { return ComputeError("it ended with status \(status) and no word") }
    return ComputeError(SafeText.sanitise(String(last.prefix(300))))
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
