import * as enAdministration from './en/administration.ts';
import * as enCommon from './en/common.ts';
import * as enDetails from './en/details.ts';
import * as enDevices from './en/devices.ts';
import * as enSend from './en/send.ts';
import * as enShell from './en/shell.ts';
import * as enSystem from './en/system.ts';
import * as zhAdministration from './zh/administration.ts';
import * as zhCommon from './zh/common.ts';
import * as zhDetails from './zh/details.ts';
import * as zhDevices from './zh/devices.ts';
import * as zhSend from './zh/send.ts';
import * as zhSettingTexts from './zh/setting-texts.ts';
import * as zhShell from './zh/shell.ts';
import * as zhSystem from './zh/system.ts';

/** All words of the pages. The others have the type of the English ones, so a missing one is a type error. */
const en = { ...enCommon, ...enShell, ...enSystem, ...enSend, ...enDevices, ...enAdministration, ...enDetails };
export type Dictionary = typeof en;

const zh: Dictionary = {
  ...{ ...zhCommon, ...zhShell, ...zhSystem, ...zhSend, ...zhDevices, ...zhAdministration },
  ...{ ...zhDetails, ...zhSettingTexts },
};

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

export const dictionaries: Record<Language, Dictionary> = { en, zh };

/** As a language calls itself, and its tag. */
export const languageNames: Record<Language, string> = { en: 'English', zh: '简体中文' };
export const languageTags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };
