import Testing

import Recipe
@testable import Formats

/// What users type for models and data.
@Suite struct SpecificationFileTests {
  @Test(
    "What a model is called when nobody says",
    arguments: [
      ("torchvision:resnet18?weights=DEFAULT", "resnet18"), ("timm:vit_tiny", "vit_tiny"),
      ("hf:google/vit-base", "vit-base"), ("hub:pytorch/vision:resnet18", "resnet18"),
      ("script:nets/wide.pt", "wide"), ("py:nets/net.py:build?width=2", "build"),
      ("teacher=py:net.py:build", "teacher"), ("a b=timm:x?c=d", "a b"),
    ])
  func names(_ text: String, _ name: String) throws {
    let specification = try Specification.read(text, as: .model)
    #expect(specification.name(as: .model) == name)
    #expect(specification.text == text)
  }

  @Test(
    "Data",
    arguments: [
      ("digits", "digits"), ("digits?size=32", "digits"), ("noisy=digits?noise=0.1", "noisy"),
      ("npz:data/clean.npz", "clean"), ("torchvision:CIFAR10?root=r", "CIFAR10"),
    ])
  func data(_ text: String, _ name: String) throws {
    #expect(try Specification.read(text, as: .data).name(as: .data) == name)
  }

  @Test(
    "What is none is told, with what to write",
    arguments: [
      "", "resnet18", "torchvision", "torchvision:", "py:net.py", "py:net.py:", "name=", "=py:a:b",
      "digits", "keras:x", "timm:x?pretrained", "timm:x?=3", "dir/a=py:x:y",
      "timm:x?a=1&a=2",
    ])
  func mistakes(_ text: String) {
    let error = #expect(throws: FormatError.self) { try Specification.read(text, as: .model) }
    #expect(error?.problem.contains("'") == true)
  }

  @Test func modelsAndDataHaveTheirOwnKinds() {
    #expect(throws: FormatError.self) { try Specification.read("timm:x", as: .data) }
    #expect(throws: FormatError.self) { try Specification.read("npz:x", as: .model) }
    #expect(throws: FormatError.self) { try Specification.read("digits:x", as: .data) }
  }

  @Test func missingFilesAreTold() throws {
    let folder = try ScratchFolder()
    _ = try folder.write([], "net.py")
    let there = try Specification.read("py:net.py:f", as: .model)
    #expect(there.missing(in: folder.path) == nil)
    let gone = try Specification.read("py:net.py:f?checkpoint=a%26b.pt", as: .model)
    #expect(gone.missing(in: folder.path)?.file == "\(folder.path)/a&b.pt")
  }

  @Test(
    "Paths follow the folder that they lead from",
    arguments: [
      ("py:net.py:f?width=2&checkpoint=c.pt", "py:../net.py:f?width=2&checkpoint=../c.pt"),
      ("net=script:/abs/m.pt", "net=script:/abs/m.pt"), ("timm:a/b", "timm:a/b"),
      ("hub:nets:f?source=local", "hub:../nets:f?source=local"), ("hf:./bert", "hf:../bert"),
      ("py:n.py:f?%63heckpoint=a%26b.pt", "py:../n.py:f?checkpoint=../a%26b.pt"),
    ])
  func rebased(_ text: String, _ expected: String) {
    let rebased = Specification.rebased(text, as: .model, from: "/s/run", to: "/s/run/deep")
    #expect(rebased.replacing("/s/run/", with: "../") == expected)
  }
}
