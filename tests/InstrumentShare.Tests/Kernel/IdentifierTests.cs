using InstrumentShare.Kernel;

namespace InstrumentShare.Tests.Kernel;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("91350100M000100Y43", true)]
    [InlineData("91350100M000100Y44", false)]
    [InlineData("91350100M000100Y4", false)]
    [InlineData("9135O100M000100Y43", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_social_credit_code_needs_its_check_character(string? code, bool valid) => SocialCreditCode.IsValid(code).ShouldBe(valid);

    [Theory]
    [InlineData("https://ror.org/00f54p054", true)]
    [InlineData("https://ror.org/00f54p055", false)]
    [InlineData("https://ror.org/10f54p054", false)]
    [InlineData("00f54p054", false)]
    [InlineData(null, false)]
    public void A_ror_id_needs_its_check_digits(string? id, bool valid) => RorId.IsValid(id).ShouldBe(valid);

    [Theory]
    [InlineData("CN-37", "CN-3702", true)]
    [InlineData("CN-3702", "CN-3702", true)]
    [InlineData("CN-3702", "CN-37", false)]
    [InlineData("CN-34", "CN-3702", false)]
    public void A_region_covers_itself_and_what_lies_inside(string outer, string inner, bool covers) => new Region(outer).Covers(new Region(inner)).ShouldBe(covers);
}
