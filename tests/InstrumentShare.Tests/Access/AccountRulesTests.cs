using InstrumentShare.Access.Accounts;

namespace InstrumentShare.Tests.Access;

public sealed class AccountRulesTests
{
    [Theory]
    [InlineData("a@b.cn", true)]
    [InlineData("wang.wei+lab@mail.ustc.edu.cn", true)]
    [InlineData(" a@b.cn ", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a@b", false)]
    [InlineData("a b@c.cn", false)]
    [InlineData("Wang <a@b.cn>", false)]
    [InlineData("a@b.cn\r\nBcc: all@b.cn", false)]
    [InlineData("a@b.cn, c@d.cn", false)]
    public void An_address_is_one_bare_address_with_a_dotted_domain(string? email, bool valid) =>
        AccountRules.Email(email).Select(p => p.Code).ShouldBe(valid ? [] : ["account.email"]);

    [Theory]
    [InlineData(9, "account.password-length")]
    [InlineData(10, null)]
    [InlineData(128, null)]
    [InlineData(129, "account.password-length")]
    public void A_password_has_10_to_128_characters(int length, string? code) =>
        AccountRules.Password(string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 20))))).Select(p => p.Code).ShouldBe(code is null ? [] : [code]);

    [Theory]
    [InlineData("aaaabbbbcccc", "account.password-simple")]
    [InlineData("aaaabbbbccccd", "account.password-simple")]
    [InlineData("aaaabbbbccccde", null)]
    public void A_password_has_five_different_characters(string password, string? code) =>
        AccountRules.Password(password).Select(p => p.Code).ShouldBe(code is null ? [] : [code]);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(100, 0)]
    [InlineData(101, 1)]
    public void A_name_has_1_to_100_characters(int length, int problems) => AccountRules.Names(new string('张', length), null).Count().ShouldBe(problems);

    [Fact]
    public void A_name_has_no_control_characters() => AccountRules.Names("a\0b", "c\nd").Select(p => p.Field).ShouldBe(["name", "nameEn"]);
}
